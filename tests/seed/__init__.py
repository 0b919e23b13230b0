"""The customer's requirements as data, the mark that ties tests to them, and the page that shows both."""
