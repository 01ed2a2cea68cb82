"""How the site reaches browsers: bundled style sheets and scripts, headers of responses, compressed copies."""
