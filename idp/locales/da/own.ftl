# Selvbetjening og spærring: det, en borger ser om sit eget eID.

start-own = Dit eget eID
start-selfservice = Selvbetjening: se og ret dine oplysninger
start-block = Spær adgangskode, nøglekort eller eID
start-help = Hjælp

without-eid = Du kan altid få klaret dit ærinde uden eID: med en blanket, et brev eller ved at møde op.
without-eid-link = Sådan gør du uden eID

own-menu = Selvbetjening
own-menu-overview = Overblik
own-menu-history = Hændelser
own-menu-sessions = Hvor du er logget på
own-menu-password = Adgangskode
own-menu-user-id = Bruger-id
own-menu-contact = E-mail og mobil
own-menu-data = Alle oplysninger
own-menu-block = Spær
own-menu-close = Luk eID
own-menu-logout = Log af

own-change = Skift
own-save = Gem
own-none = Ikke oplyst
own-name = Navn
own-number = eID-nummer
own-pid = PID
own-scope = Kan bruges
own-scope-public = Hos offentlige og private tjenester
own-scope-netbank = Kun i netbank
own-scope-bank = I { $bank }
own-user-ids = Bruger-id
own-password-set = Valgt den { $time }
own-email = E-mail
own-phone = Mobilnummer
own-cards = Nøglekort
own-no-cards = Du har ikke noget nøglekort.
own-card-left =
    { $left ->
        [one] 1 nøgle tilbage
       *[other] { $left } nøgler tilbage
    }
own-card-until = Gælder til { $time }
own-card-block = Spær et nøglekort, der er væk
own-overview-heading = Dit eID
own-personal = Dit eID er personligt. Giv aldrig adgangskode, nøgler eller et billede af dit nøglekort til andre – heller ikke til familie eller nogen, der siger, at de er fra banken, kommunen eller politiet.

own-history-heading = Det er sket med dit eID
own-history-lead = Kan du ikke kende noget af det, så spær din adgangskode, og kontakt support.
own-history-none = Der er ikke flere hændelser.
own-history-with = Med
own-history-from = Fra netadressen { $source }
own-history-older = Vis ældre hændelser

own-sessions-heading = Her er du logget på
own-sessions-lead = Hver linje er en browser, hvor dit eID er logget på. Kan du ikke kende en af dem, så afslut den, og skift din adgangskode.
own-session-this = Denne browser
own-session-other = En anden browser eller tjeneste
own-session-begun = Logget på den { $time }
own-session-seen = Brugt senest den { $time }
own-session-at = Hos
own-session-end = Afslut
own-session-end-of = Afslut det, der blev logget på den { $time }
own-sessions-others = Afslut alle andre
own-sessions-all = Afslut alle, også denne
own-done-sessions = Det er afsluttet, og de tjenester, der kan få besked med det samme, har fået den.
own-sessions-unreached = De får først besked, når den browser, du var logget på i, selv kommer forbi, eller når deres egen tid er gået. Gå ind på tjenesten, og log af dér.
own-lasting = Varig adgang
own-lasting-lead = Disse tjenester må hente oplysninger om dig, også når du er logget af. Du kan tage adgangen tilbage.
own-lasting-given = Givet den { $time }
own-lasting-end = Tag adgangen tilbage
own-lasting-end-of = Tag adgangen tilbage fra { $service }

own-password-heading = Skift adgangskode
own-password-lead = Når du har skiftet, bliver du logget af alle andre steder end her.
own-password-old = Din nuværende adgangskode
own-password-old-hint = Den, du loggede på med.
own-password-new = Ny adgangskode
own-password-new-hint = 6–40 tegn med både bogstaver og tal – ikke dit CPR-nummer eller dit bruger-id. Eller 4 cifre, der ikke er lette at gætte.
own-password-again = Ny adgangskode igen
own-password-again-hint = Skriv den samme en gang til.
own-password-submit = Skift adgangskode
own-done-password = Din adgangskode er skiftet. Du er logget af alle andre steder.
own-password-suspicion = Tror du, at andre bruger dit eID, så spær det i stedet. Så mister de også den adgang, som tjenester har fået varigt.

own-user-id-heading = Bruger-id
own-user-id-lead = Du kan logge på med hvert af disse navne:
own-user-id-new = Selvvalgt bruger-id
own-user-id-new-hint = 5–48 tegn: bogstaverne a–z, tal og almindelige tegn. Store og små bogstaver er det samme.
own-user-id-choose = Gem bruger-id
own-user-id-remove = Fjern det selvvalgte
own-user-id-cpr-yes = Brug også CPR-nummer
own-user-id-cpr-no = Brug ikke CPR-nummer
own-done-user-id = Dit bruger-id er gemt. Du kan bruge det fra nu af.
own-done-user-id-removed = Dit selvvalgte bruger-id er fjernet.
own-done-cpr-on = Du kan nu logge på med dit CPR-nummer.
own-done-cpr-off = Du kan ikke længere logge på med dit CPR-nummer.

own-contact-heading = E-mail og mobil
own-contact-lead = Vi bruger dem til at give dig besked, når der sker noget vigtigt med dit eID. Begge kan være tomme.
own-email-hint = For eksempel navn@eksempel.dk
own-phone-hint = For eksempel 80307050. Udenlandske numre begynder med + eller 00.
own-done-contact = Dine oplysninger er gemt.

own-data-heading = Alt, der er gemt om dig
own-data-lead = Du kan hente alt det, vi har gemt om dig og dette eID, som én fil (JSON): stamdata, bruger-id, nøglekort, sessioner, hvad tjenester har fået, og alle hændelser.
own-data-not = Adgangskoder og nøgler er ikke med. Dem gemmer vi ikke i en form, der kan læses.
own-data-careful = Filen har dit CPR-nummer. Gem den et sted, hvor kun du kommer, og slet den på en fælles computer.
own-data-submit = Hent alle oplysninger

own-close-heading = Luk dit eID
own-close-warning = Du er ved at lukke eID { $number } for altid.
own-close-lead = Dine nøglekort holder op med at virke, og du bliver logget af alle steder. Vil du senere have et eID igen, skal du bestille et nyt.
own-close-sure = Ja, jeg vil lukke mit eID for altid.
own-close-submit = Luk eID

own-logout-heading = Vil du logge af?
own-logout-lead = Så bliver du logget af selvbetjening. Er du også logget på hos tjenester, kan du afslutte dem under Hvor du er logget på.

receipt-follows = Det sker der nu
receipt-logged-out-heading = Du er logget af
receipt-logged-out-done = Du er logget af selvbetjening.
receipt-logged-out-1 = Er du på en fælles computer, så luk alle vinduer i browseren.
receipt-closed-heading = Dit eID er lukket
receipt-closed-done = Dit eID og dine nøglekort kan ikke bruges mere, og du er logget af alle steder.
receipt-closed-1 = Klip dine nøglekort over, og smid dem ud.
receipt-closed-2 = Får du brug for et eID igen, kan du bestille et nyt i borgerservice eller i din bank.
receipt-closed-3 = Du kan altid få klaret dit ærinde uden eID: med en blanket, et brev eller ved at møde op.
receipt-blocked-password-heading = Din adgangskode er spærret
receipt-blocked-password-done = Ingen kan logge på med den. Alle, der var logget på med dit eID, er logget af, og tjenester har mistet den varige adgang, de havde fået.
receipt-blocked-password-1 = Er dit eID blevet stjålet eller misbrugt, så anmeld det til politiet på telefon 114, og kontakt din bank.
receipt-blocked-password-2 = For at bruge dit eID igen skal du have en midlertidig adgangskode. Den bestiller du hos support. Med den vælger du en ny.
receipt-blocked-password-3 = Gå dine konti og din digitale post igennem for det, du ikke selv har gjort.
receipt-blocked-card-heading = Dit nøglekort er spærret
receipt-blocked-card-done = Kortets nøgler kan ikke bruges mere. Alle, der var logget på med dit eID, er logget af.
receipt-blocked-card-1 = Er kortet stjålet, så anmeld det til politiet på telefon 114.
receipt-blocked-card-2 = Der bliver ikke sendt et nyt kort af sig selv. Du får et i borgerservice eller i din bank, når du viser, hvem du er.
receipt-blocked-card-3 = Finder du kortet igen, så klip det over: Det kan ikke åbnes igen.
receipt-blocked-card-4 = Kan andre kende din adgangskode, så spær også den.
receipt-blocked-eid-heading = Dit eID er spærret
receipt-blocked-eid-done = Adgangskode og nøglekort kan ikke bruges mere. Alle, der var logget på med dit eID, er logget af, og tjenester har mistet den varige adgang, de havde fået.
receipt-blocked-eid-1 = Er dit eID blevet stjålet eller misbrugt, så anmeld det til politiet på telefon 114, og kontakt din bank.
receipt-blocked-eid-2 = Kun support eller borgerservice kan åbne det igen, når du har vist, hvem du er.
receipt-blocked-eid-3 = Gå dine konti og din digitale post igennem for det, du ikke selv har gjort.
receipt-blocked-eid-4 = Du kan imens få klaret dit ærinde uden eID: med en blanket, et brev eller ved at møde op.

block-title = Spær
block-lead = Har du mistanke om, at andre kender din adgangskode eller har dit nøglekort, så spær med det samme.
block-needs = Du skal bruge dit bruger-id og din adgangskode. Du skal ikke bruge en nøgle.
block-password = Spær adgangskode
block-password-when = Når andre kan kende den.
block-card = Spær nøglekort
block-card-when = Når kortet er væk, eller andre har set det.
block-eid = Spær hele dit eID
block-eid-when = Når du ikke ved, hvad andre har fået fat i.
block-locked-out = Kan du ikke logge på for at spærre, så ring.
block-which = Det gælder eID { $number }.
block-no-card = Der er ikke noget nøglekort at spærre.
block-this-card = Spær kort { $number }
block-password-heading = Spær adgangskode
block-password-1 = Adgangskoden holder op med at virke med det samme, og alle bliver logget af.
block-password-2 = Bagefter skal du have en midlertidig adgangskode for at bruge dit eID igen.
block-card-heading = Spær nøglekort
block-card-1 = Kortet holder op med at virke med det samme og kan ikke åbnes igen. Alle bliver logget af.
block-card-2 = Et nyt kort får du i borgerservice eller i din bank, når du viser, hvem du er.
block-eid-heading = Spær hele dit eID
block-eid-1 = Adgangskode og alle nøglekort holder op med at virke med det samme, og alle bliver logget af.
block-eid-2 = Kun support eller borgerservice kan åbne dit eID igen.

word-user-id-number = eID-nummer
word-user-id-cpr = CPR-nummer
word-user-id-chosen = Selvvalgt
word-method-password = adgangskode
word-method-keycard = nøglekort
word-card-ordered = bestilt
word-card-printed = trykt
word-card-posted = sendt
word-card-active = i brug
word-card-used-up = brugt op
word-card-blocked = spærret
word-card-expired = udløbet
word-card-replaced = afløst
word-event-login-completed = Logget på
word-event-login-entered = Gik ind uden nyt log-in
word-event-login-refused = Afvist
word-event-lane-closed = Låst i 8 timer efter forkerte adgangskoder
word-event-lane-shut = Låst for ukendte browsere
word-event-lane-notice = Andre har prøvet at logge på
word-event-lane-reopened = Åbnet igen af support
word-event-password-blocked = Adgangskode spærret
word-event-password-changed = Adgangskode skiftet
word-event-keycard-blocked = Nøglekort spærret
word-event-keycard-used-up = Nøglekort brugt op
word-event-keycard-ordered = Nyt nøglekort bestilt
word-event-keycard-printed = Nøglekort trykt
word-event-keycard-activated = Nøglekort taget i brug
word-event-keycard-posted = Nøglekort sendt
word-event-keycard-expired = Nøglekort udløbet
word-event-keycard-wish = Ønsker til nøglekort ændret
word-event-session-ended = Logget af
word-event-session-left = Logget af en tjeneste
word-event-user-id-changed = Bruger-id ændret
word-event-contact-changed = E-mail eller mobil ændret
word-event-data-exported = Alle oplysninger hentet
word-event-access-withdrawn = Varig adgang taget tilbage
word-event-eid-changed = eID spærret, åbnet eller lukket
