"""One module a page (or family of pages): thin handlers that ask the runtime and answer with a template."""
