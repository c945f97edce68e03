"""The pages and the API: they read and show, and hand every wish to a function of `store.writes` or `jobs`.

shell      what every page has around it         rights     who may do what, one table
policy     the headers every answer carries      problems   the one place a Problem becomes a page or JSON
accounts/  agreement/  funnel/  records/  house/  one folder an area: views, urls, forms, templates
"""
