"""The web pages: what people see and do in a browser. One module an audience; templates below api/templates/pages."""
