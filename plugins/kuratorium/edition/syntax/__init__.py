"""How YAML and front matter are written: characters, nesting, and what an editor meant where it is not YAML."""
