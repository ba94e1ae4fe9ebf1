# Første brug og bestilling af midlertidig adgangskode.

activate-title = Aktivér dit eID
activate-lead = Brug denne side, når du har fået en midlertidig adgangskode. Du vælger din egen adgangskode og giver en nøgle fra dit nøglekort.
activate-user-id-hint = Dit eID-nummer står i velkomstbrevet. Har du allerede et bruger-id, kan du bruge det.
activation-password = Midlertidig adgangskode
activation-password-hint = De 6 cifre, du har fået i et brev eller en sms.
activate-order-link = Bestil en midlertidig adgangskode
activate-later = Har du valgt adgangskode og ventet på dit nøglekort? Så log bare på hos en tjeneste. Du bliver bedt om en nøgle fra kortet, og dermed er dit eID i brug.

terms-title = Regler for dit eID
terms-lead = Du skal godkende reglerne for at bruge dit eID.
terms-1 = Dit eID er personligt. Du må ikke lade andre bruge det – heller ikke din familie.
terms-2 = Giv aldrig din adgangskode, dine nøgler eller et billede af dit nøglekort til andre. Vi spørger aldrig efter dem i telefonen, i en mail eller i en sms.
terms-3 = Opbevar nøglekortet, så andre ikke kan se det, og aldrig sammen med din adgangskode.
terms-4 = Kopiér eller fotografér ikke nøglekortet, og skriv ikke nøglerne af.
terms-5 = Spær dit nøglekort eller din adgangskode med det samme, hvis du mister kortet, eller andre kan have set kortet eller kende din adgangskode.
terms-6 = Sørg for, at vi har din rigtige adresse, mailadresse og dit mobilnummer, så vi kan give dig besked, når noget ændres.
terms-accept = Jeg har læst reglerne og godkender dem

choose-title = Vælg adgangskode
choose-lead = Vælg en adgangskode, som kun du kender, og som du ikke bruger andre steder.
choose-password = Ny adgangskode
choose-password-hint = 6 til 40 tegn med både bogstaver og tal. Eller præcis 4 cifre.
choose-again = Gentag adgangskoden
choose-again-hint = Skriv den samme adgangskode igen.
choose-user-id = Bruger-id (frivilligt)
choose-user-id-hint = 5 til 48 tegn uden æ, ø og å. Du kan altid logge på med dit eID-nummer.

first-code-title = Nøgle fra dit nøglekort
first-code-lead = Din adgangskode er valgt. Giv en nøgle fra nøglekortet, så er dit eID i brug.
first-code-later = Har du ikke fået dit nøglekort endnu? Så luk bare siden. Når det er kommet, logger du på hos en tjeneste med din nye adgangskode og bliver bedt om en nøgle fra kortet.

card-later-title = Din adgangskode er valgt
card-later-lead = Du mangler kun dit nøglekort. Du behøver ikke vente her, og du skal ikke bruge den midlertidige adgangskode mere.
card-later-then = Når kortet er kommet, logger du på hos en tjeneste med den adgangskode, du lige har valgt. Du bliver bedt om en nøgle fra kortet, og dermed er dit eID i brug.
card-later-again = Jeg har fået kortet

activated-title = Dit eID er i brug
activated-lead = Du kan nu logge på med dit bruger-id, din adgangskode og dit nøglekort.
activated-advice = Smid brevet med den midlertidige adgangskode ud. Den kan ikke bruges mere.
activated-start = Til forsiden
activated-key-lead = Dit eID er på hardware: Tilføj nu den sikkerhedsnøgle, du vil logge på med. Log på i selvbetjeningen med dit bruger-id, din adgangskode og dit nøglekort, og hav sikkerhedsnøglen klar.
activated-key-card = Nøglekortet kan ikke bruges hos tjenesterne. Når du har tilføjet sikkerhedsnøglen og slået alt andet fra, kan du smide kortet ud.
activated-key-go = Tilføj sikkerhedsnøglen

order-activation-title = Bestil en midlertidig adgangskode
order-activation-warning = Bestiller du, bliver din nuværende adgangskode spærret med det samme. Den kan ikke bruges igen – heller ikke, hvis du kommer i tanke om den.
order-activation-lead = Har du glemt din adgangskode, eller er den spærret, så skriv dit bruger-id og nummeret på dit nøglekort.
order-activation-submit = Bestil
order-activation-other = Har du ikke dit nøglekort, eller er det spærret? Så kontakt support, eller gå til borgerservice i din kommune med pas eller kørekort. Dit bruger-id kan du ikke få oplyst her. Du kan altid bruge dit eID-nummer, og dit CPR-nummer, hvis du ikke har slået det fra.
card-number = Nummer på nøglekort
card-number-hint = Et bogstav og 9 cifre. Det står øverst på kortet.

activation-ordered-title = Tak for din bestilling
activation-ordered-lead = Hørte bruger-id og nøglekort sammen, er en midlertidig adgangskode på vej til dig i et brev til din adresse i CPR-registeret eller i en sms til det mobilnummer, vi har. Et brev kommer normalt inden for 3-4 hverdage.
activation-ordered-then = Når du har den, så vælg Aktivér på forsiden.
activation-ordered-not = Af hensyn til sikkerheden kan vi ikke oplyse, om det, du skrev, var rigtigt. Du kan højst bestille én om dagen. Kommer der ikke noget, så kontakt support.
