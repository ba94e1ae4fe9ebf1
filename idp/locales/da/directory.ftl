# Hvilke tjenester et eID åbner.

directory-title = Tjenester, du kan logge på
directory-lead = Her kan du bruge dit eID.
directory-search = Søg efter en tjeneste
directory-find = Søg
directory-none = Ingen tjeneste med det navn tager imod dit eID.
directory-public = Offentlige tjenester
directory-public-lead = For alle med et eID, der kan bruges hos det offentlige. Et eID, der kun gælder til netbank, kan ikke bruges her.
directory-bank = Banker
directory-bank-lead = Du skal være kunde i banken, og dit eID skal være knyttet til den.
directory-private = Private tjenester
directory-private-lead = For alle med et eID, der kan bruges hos det offentlige. Tjenesten får kun de oplysninger om dig, som den er godkendt til.
