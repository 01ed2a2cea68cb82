"""The program of the page /admin/, fetched once into an edition."""
