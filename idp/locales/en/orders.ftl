# Orders and issuing. The text of a consent never changes under its date: a new text gets a new one.

consent-2026-11-28-cpr-lookup = My name and address are looked up in the civil register (CPR).
consent-2026-11-28-pid-link = The link between my PID and my CPR number is handed to the PID service.
consent-2026-11-28-pid-reuse = If I have a PID from an earlier certificate, it is fetched and used again.
consent-2026-11-28-personal-data = My name, address, CPR number and any e-mail address and mobile number that I have given are used to issue and run the certificate.

order-note-link-bank = The eID does not work in a netbank until the bank has linked it to an agreement.
order-note-netbank-only = The eID works in netbank only.
order-note-card-posted = The key card goes by post to the registered address.
order-note-both-posted = Key card and temporary password go by post to the registered address, each in a letter of its own.
order-note-desk = Key card and temporary password are printed and handed over at the desk.

document-danish-passport = Danish passport
document-foreign-passport = Foreign passport
document-provisional-passport = Provisional passport
document-danish-driving-licence = Danish driving licence
document-eea-driving-licence = Driving licence from another EU or EEA country
document-greenland-or-faroe-driving-licence = Driving licence from Greenland or the Faroes
document-digital-driving-licence = The driving licence app (Kørekort)
document-moped-licence = Danish moped licence in the form of a credit card
document-residence-permit = Danish residence permit with a photo
document-police-id = Danish police ID
document-bank-id-card = ID card of the Danish banks
document-national-id-card = National ID card with a photo that serves for travel in Schengen
document-nato-passport = NATO passport
document-military-id = Danish military ID
document-health-card = Health card
document-baptism-certificate = Baptism certificate
document-name-certificate = Name certificate
document-birth-and-name-certificate = Birth and name certificate
document-tax-statement = Latest annual or advance tax statement
document-benefit-proof = Proof of a public benefit

before-title = Before you order an eID
before-lead = You must show who you are. Here you can see what to bring, and where to go. Every document must be valid.
before-photo = With photo identification
before-photo-lead = One of these is enough:
before-with-health-card = (together with the yellow health card)
before-cpr = If your CPR number is not on the document, you must also show something that has it, such as the health card.
before-papers = Without photo identification
before-papers-lead = Bring two different ones of these. One must be a health card, a baptism certificate or a name certificate, and one must show your CPR number:
before-months = (at most { $months } months old)
before-papers-then = You are asked some questions about yourself that the civil register knows the answers to. The key card is always posted to your registered address.
before-witness = If you have been in Denmark only a short time, bring a witness: somebody of 18 or more who has a CPR number and shows photo identification of their own.
before-where = Where to get an eID
before-bank = If you have netbank, your bank can issue your eID.
before-no-offices = The citizen service centre of your municipality helps you.
before-home-visits = Visits whoever cannot attend
before-booking = Book a time at { $office }
before-price = Price
before-price-eid = An eID and its key card are free.
before-price-token = A code token costs { $price }
