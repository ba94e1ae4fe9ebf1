# Which services an eID opens.

directory-title = Services you can log in to
directory-lead = This is where you can use your eID.
directory-search = Search for a service
directory-find = Search
directory-none = No service of that name takes your eID.
directory-public = Public services
directory-public-lead = For everybody whose eID is for public use. An eID for netbank alone cannot be used here.
directory-bank = Banks
directory-bank-lead = You must be a customer of the bank, and your eID must be linked to it.
directory-private = Private services
directory-private-lead = For everybody whose eID is for public use. The service is told nothing of you but what it is approved for.
