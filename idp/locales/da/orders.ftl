# Bestilling og udstedelse. En tekst til et samtykke ændres aldrig under sin dato: en ny tekst får en ny.

consent-2026-11-28-cpr-lookup = Mit navn og min adresse slås op i CPR-registeret.
consent-2026-11-28-pid-link = Sammenhængen mellem mit PID-nummer og mit CPR-nummer gives videre til PID-tjenesten.
consent-2026-11-28-pid-reuse = Har jeg et PID-nummer fra et tidligere certifikat, hentes det og bruges igen.
consent-2026-11-28-personal-data = Mit navn, min adresse, mit CPR-nummer og den e-mail og det mobilnummer, jeg eventuelt har oplyst, bruges til at udstede og drive certifikatet.

order-note-link-bank = eID'et virker først i en netbank, når banken har knyttet det til en aftale.
order-note-netbank-only = eID'et virker kun i netbanken.
order-note-card-posted = Nøglekortet sendes med posten til den registrerede adresse.
order-note-both-posted = Nøglekort og midlertidig adgangskode sendes i hver sit brev til den registrerede adresse.
order-note-desk = Nøglekort og midlertidig adgangskode printes og udleveres ved skranken.

document-danish-passport = Dansk pas
document-foreign-passport = Udenlandsk pas
document-provisional-passport = Provisorisk pas
document-danish-driving-licence = Dansk kørekort
document-eea-driving-licence = Kørekort fra et andet EU- eller EØS-land
document-greenland-or-faroe-driving-licence = Grønlandsk eller færøsk kørekort
document-digital-driving-licence = Kørekort-appen
document-moped-licence = Dansk knallertkort i kreditkortformat
document-residence-permit = Dansk opholdskort med billede
document-police-id = Dansk politilegitimation
document-bank-id-card = Danske bankers ID-kort
document-national-id-card = Nationalt ID-kort med billede, der kan bruges til rejser i Schengen
document-nato-passport = NATO-pas
document-military-id = Dansk militært ID-kort
document-health-card = Sundhedskort
document-baptism-certificate = Dåbsattest
document-name-certificate = Navneattest
document-birth-and-name-certificate = Fødsels- og navneattest
document-tax-statement = Seneste årsopgørelse eller forskudsopgørelse
document-benefit-proof = Bevis for en offentlig ydelse

before-title = Før du bestiller et eID
before-lead = Du skal vise, hvem du er. Her kan du se, hvad du skal tage med, og hvor du kan gå hen. Alle dokumenter skal være gyldige.
before-photo = Med billedlegitimation
before-photo-lead = Et af disse er nok:
before-with-health-card = (sammen med det gule sundhedskort)
before-cpr = Står dit CPR-nummer ikke på dokumentet, skal du også vise noget, hvor det står, fx sundhedskortet.
before-papers = Uden billedlegitimation
before-papers-lead = Tag to forskellige af disse med. Det ene skal være sundhedskort, dåbsattest eller navneattest, og på det ene skal dit CPR-nummer stå:
before-months = (højst { $months } måneder gammel)
before-papers-then = Du bliver stillet nogle spørgsmål om dig selv, som CPR-registeret kender svaret på. Nøglekortet sendes altid til din registrerede adresse.
before-witness = Har du kun været kort tid i Danmark, skal du have et vidne med: en person, der er fyldt 18 år, har CPR-nummer og viser sin egen billedlegitimation.
before-where = Her kan du få et eID
before-bank = Har du netbank, kan din bank udstede dit eID.
before-no-offices = Borgerservice i din kommune hjælper dig.
before-home-visits = Kommer hjem til den, der ikke selv kan møde op
before-booking = Bestil tid hos { $office }
before-price = Pris
before-price-eid = Et eID og dets nøglekort er gratis.
before-price-token = En nøgleviser koster { $price }
