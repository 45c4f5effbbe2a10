"""What each page shows, as plain frozen data: the contract between `pages/` and `templates/`.

No engine object and no request gets into a template; a test can build any page from here.
"""
