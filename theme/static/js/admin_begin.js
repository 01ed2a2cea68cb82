// Before the program of /admin/: it would begin by itself, without our configuration.
window.CMS_MANUAL_INIT = true;
