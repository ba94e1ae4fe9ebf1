# Sider, som borgere ser. Du-form, korte sætninger, ingen fagord ud over dem i docs/glossary.md.

skip = Gå til indholdet
switch = English
demo-banner = Dette er en demo. Personer, nøglekort og tjenester er opdigtede. Brug aldrig dine rigtige oplysninger her.
support = Har du brug for hjælp?
support-call = Ring
support-pages = Se hjælpesiderne
address-check = Tjek, at adressen øverst i din browser begynder med

next = Fortsæt
cancel = Afbryd
log-in = Log på
back-to = Tilbage til { $party }
summary = Der er noget, du skal rette
code-of-notice = Kode til support: { $code }

# ---- log på ----

credentials-title = Log på hos { $party }
user-id = Bruger-id
user-id-hint = Det navn, du selv har valgt, dit CPR-nummer eller dit eID-nummer.
password = Adgangskode

code-title = Indtast nøgle fra nøglekortet
code-lead = Du er ved at logge på hos { $party }. Find nøglenummeret på dit nøglekort.
code-index = Nøglenummer
code-card = På nøglekort
code = Nøgle
code-hint = De 6 cifre ud for nummer { $index }.
code-advice = Du bliver kun bedt om én nøgle ad gangen. Giv aldrig en nøgle eller et billede af dit nøglekort til andre – heller ikke i telefonen.

failed-tries =
    { $count ->
        [one] Der har været 1 mislykket forsøg på at logge på med dit eID.
       *[other] Der har været { $count } mislykkede forsøg på at logge på med dit eID.
    }
failed-since = Du loggede senest på den { $since }.
failed-advice = Var det ikke dig, så skift din adgangskode.

token-title = Indtast nøglen fra nøgleviseren
token-lead = Du er ved at logge på hos { $party }. Tryk på knappen på din nøgleviser.
token-code = Nøgle
token-hint = De cifre, der står i displayet.
token-advice = Giv aldrig en nøgle til andre – heller ikke i telefonen. Er din nøgleviser væk, så brug nøglekortet, og spær nøgleviseren.

app-title = Godkend i din nøgleapp
app-lead = Du er ved at logge på hos { $party }. Åbn din nøgleapp, og indtast dette tal i den.
app-number = Tal
app-advice = Godkend kun det, du selv har begyndt. Ingen andre må nogensinde bede dig om at godkende – heller ikke i telefonen.
app-waits = Siden går videre af sig selv, når du har godkendt.
app-go-on = Jeg har godkendt

passkey-title = Brug din adgangsnøgle
passkey-lead = Du er ved at logge på hos { $party }. Din browser beder dig om din adgangsnøgle: en sikkerhedsnøgle, din telefon eller din computer.
passkey-use = Brug adgangsnøgle
passkey-advice = En adgangsnøgle virker kun på vores adresse. Den kan ikke lokkes fra dig på en falsk side.
passkey-no-script = Din browser kører ikke JavaScript, og det er nødvendigt for at bruge en adgangsnøgle. Alt andet her virker uden.
passkey-unsupported = Din browser kan ikke bruge adgangsnøgler. Brug en anden browser eller en anden måde.
passkey-failed = Din browser fik ikke noget svar fra din adgangsnøgle. Prøv igen, eller brug en anden måde.

voice-title = Tast koden fra opkaldet
voice-lead = Du er ved at logge på hos { $party }.
voice-call = Vi ringer til dig nu på det nummer, der ender på { $ends }, og læser en kode op.
voice-code = Kode
voice-hint = De seks cifre, du hører. Koden gælder i fem minutter.
voice-advice = Sig aldrig koden til nogen – heller ikke til en, der ringer til dig. Kommer opkaldet ikke, så vælg en anden måde og så opkald igen.

consent-title = Hvad må { $party } få at vide?
consent-lead = { $party } beder om disse oplysninger om dig:
consent-question = Må tjenesten få dem?
consent-yes = Ja, den må få dem
consent-no = Nej, log mig på uden
consent-remember = Husk mit svar, hvis det er ja, så jeg ikke bliver spurgt næste gang
consent-advice = Du kan altid trække et samtykke tilbage i selvbetjeningen. Siger du nej, kan tjenesten bede dig om oplysningerne på anden måde.
factor-title = Hvordan vil du logge på?
factor-lead = Du logger på hos { $party } med
factor-keycard = Nøglekort
factor-app = Nøgleapp
factor-passkey = Adgangsnøgle
factor-token = Nøgleviser
factor-voice = Opkald, der læser en kode op
factor-usual = Brug den som standard fremover
factor-other = Brug en anden måde

# ---- kø før log på ----

wait-title = Du står i kø til at logge på
wait-seconds =
    { $seconds ->
        [one] Det er din tur om cirka 1 sekund.
       *[other] Det er din tur om cirka { $seconds } sekunder.
    }
wait-advice = Lad siden stå åben – den går videre af sig selv. Du mister ikke din plads, hvis du trykker på Prøv nu.
wait-known = Har du før logget på i en anden browser eller på en anden enhed, så kan du bruge den: Der er normalt ingen kø.
wait-again = Prøv nu

# ---- det kan ikke lade sig gøre ----

notice-heading = Du kan ikke logge på her
extend-link = Udvid dit eID

notice-OCES001-heading = Dit eID kan ikke bruges her
notice-OCES001-1 = Vil du bruge det her, skal det først udvides til også at gælde offentlige og private tjenester. Det koster ikke noget, og du beholder dit bruger-id, din adgangskode og dit nøglekort.
notice-OCES001-2 = Sådan gør du: Bestil udvidelsen med dit CPR-nummer og nummeret på dit danske pas eller kørekort. Godkend reglerne, og vælg at bruge det eID, du allerede har. Så virker det med det samme.
notice-OCES001-3 = Har du hverken dansk pas eller kørekort? Så kan borgerservice i din kommune hjælpe dig.

notice-OCES002-heading = Dit eID kan ikke bruges her
notice-OCES002-1 = Bestil et eID på almindelig vis: på nettet med dit danske pas eller kørekort, eller hos borgerservice i din kommune med legitimation. Det koster ikke noget.
notice-OCES002-2 = Indtil da kan du bruge dit eID de steder, der ikke kræver mere.

notice-OCES003-heading = Dit eID kan ikke bruges her
notice-OCES003-1 = Har du et andet eID, så gå tilbage til tjenesten, og log på med det. Brug dets eID-nummer eller bruger-id, dets adgangskode og dets nøglekort.
notice-OCES003-2 = Vil du hellere bruge dette eID, så vælg »Brug dit eID uden for netbanken« på forsiden. Det koster ikke noget.

notice-OCES004-heading = Dit eID kan ikke bruges her
notice-OCES004-1 = Et eID til andet end netbank kræver, at du er fyldt 15 år og har et dansk CPR-nummer.
notice-OCES004-2 = Du kan stadig få klaret dit ærinde uden eID: Kontakt tjenesten eller borgerservice i din kommune. Der kan du bruge en blanket, skrive et brev eller møde op.

notice-OCES006-heading = Dit eID kan ikke bruges her
notice-OCES006-1 = Dit certifikat er spærret eller udløbet. Udvider du dit eID igen, får du et nyt certifikat. Det koster ikke noget, og du beholder dit bruger-id, din adgangskode og dit nøglekort.
notice-OCES006-2 = Du skal bruge dit CPR-nummer og nummeret på dit danske pas eller kørekort. Har du hverken dansk pas eller kørekort, kan borgerservice i din kommune hjælpe dig.

notice-AUTH003-heading = Dit eID er ikke knyttet til banken
notice-AUTH003-1 = Er du kunde i banken, så kontakt den og få dit eID knyttet til din aftale.

notice-AUTH006-heading = Alle nøgler er brugt
notice-AUTH006-1 = Du har brugt den sidste nøgle på dit nøglekort, og du har ikke et nyt, der er klar. Et nyt bestilles af sig selv, når der er 20 nøgler tilbage – eller det antal, du selv har valgt – og sendes til din adresse i CPR-registeret.
notice-AUTH006-2 = Når det nye kort er kommet, logger du på som du plejer: Du bliver bedt om en nøgle fra det nye kort, og dermed er det taget i brug.
notice-AUTH006-3 = Er det ikke kommet? Så kontakt support, som kan sende et andet, eller gå til borgerservice i din kommune og få et nøglekort med det samme. Tag pas eller kørekort med.

notice-keycard-expired-heading = Dit nøglekort er udløbet
notice-keycard-expired-1 = Et nøglekort gælder i tre år. Vi bestiller et nyt 30 dage før og sender det til din adresse i CPR-registeret.
notice-keycard-expired-2 = Har du fået det nye, så prøv at logge på igen: Du bliver bedt om en nøgle fra det. Er det ikke kommet, så kontakt support eller borgerservice.

notice-keycard-on-its-way-heading = Dit nøglekort er på vej
notice-keycard-on-its-way-1 = Du kan logge på, når kortet er kommet med posten. Så bliver du bedt om en nøgle fra det, og dermed er det taget i brug.
notice-keycard-on-its-way-2 = Har du ventet mere end fem hverdage, så kontakt support eller borgerservice.

notice-AUTH008-heading = Dit eID er ikke aktiveret
notice-AUTH008-1 = Aktivér det med den midlertidige adgangskode, du har fået. Er den væk eller brugt, så bestil en ny på vores forside under Aktivér, eller kontakt support.

notice-LOCK003-heading = Dit nøglekort er spærret
notice-LOCK003-1 = Kontakt support eller borgerservice for at få et nyt nøglekort.

notice-LOCK002-heading = Din adgangskode er spærret
notice-LOCK002-1 = Bestil en midlertidig adgangskode på vores forside under Aktivér, eller kontakt support. Med den vælger du en ny.
notice-AUTH001-heading = Din adgangskode er spærret
notice-AUTH001-1 = Kontakt support og bestil en midlertidig adgangskode. Med den vælger du en ny.
notice-AUTH005-heading = Din adgangskode er spærret
notice-AUTH005-1 = Bestil en midlertidig adgangskode på vores forside under Aktivér, eller kontakt support. Med den vælger du en ny.
notice-AUTH007-heading = Din adgangskode er spærret
notice-AUTH007-1 = Bestil en midlertidig adgangskode på vores forside under Aktivér, eller kontakt support. Med den vælger du en ny.

notice-AUTH019-heading = Nøglekortet kan ikke bruges her
notice-AUTH019-1 = Tjenesten kræver en nøgleapp, en nøgleviser eller en anden måde, der er sværere at kopiere. Den kan du få i selvbetjeningen.
notice-factor-not-taken-heading = Du kan ikke logge på her med det, du har
notice-factor-not-taken-1 = Tjenesten tager imod andre måder at logge på end dem, du har. Se i selvbetjeningen, hvilke du kan få.
notice-hardware-unbound-heading = Tilføj din sikkerhedsnøgle først
notice-hardware-unbound-1 = Nøglekortet kan kun bruges i selvbetjeningen, hvor du tilføjer sikkerhedsnøglen. Når det er gjort, kan du logge på her med den.
notice-hardware-unbound-2 = Er sikkerhedsnøglen blevet væk, eller har du intet nøglekort, så gå i borgerservice eller i din bank. Når du viser, hvem du er, får du et nyt kort, som du tilføjer en ny sikkerhedsnøgle med.
notice-passkey-too-early-heading = Din sikkerhedsnøgle kan ikke bruges endnu
notice-passkey-too-early-1 = Den er lige blevet tilføjet, og der går lidt, før den kan bruges. I selvbetjeningen kan du se hvornår. Prøv igen til den tid.
notice-token-blocked-heading = Din nøgleviser er spærret
notice-token-blocked-1 = Log på med dit nøglekort. I selvbetjeningen kan du åbne nøgleviseren igen med dit nøglekort eller bestille en anden.
notice-token-state-heading = Din nøgleviser kan ikke bruges
notice-token-state-1 = Log på med dit nøglekort.
notice-voice-blocked-heading = Opkald med koder er spærret
notice-voice-blocked-1 = Har du ikke selv tastet koderne, så kender andre din adgangskode: Skift den, eller spær dit eID.
notice-voice-blocked-2 = Log på igen på en anden måde. I selvbetjeningen kan du bestille opkald igen.

# ---- videre til tjenesten ----

done-title = Du bliver sendt videre
done-lead = Sker der ikke noget, så tryk på Fortsæt.

# ---- log af ----

logout-title = Vil du logge af?
logout-lead = Så bliver du logget af her og hos de tjenester, du er logget på i denne browser.
logout-services = Du er logget på hos:
logout-yes = Log af
logout-no = Bliv logget på
logged-out-title = Du er logget af
logged-out-all = Du er logget af alle tjenester.
logged-out-some = Vi kunne ikke logge dig af hos:
logged-out-advice = Gå ind på tjenesten, og log af dér.
logged-out-browser = Er du på en fælles computer, så luk alle vinduer i browseren.

# ---- forside ----

start-title = Forside
start-heading = Log på med { $name }
start-lead = Her logger du på med bruger-id, adgangskode og nøglekort. Du begynder altid hos den tjeneste, du vil bruge – den sender dig herhen.
start-advice = Dit eID er personligt. Lad ikke andre bruge det, og giv aldrig din adgangskode eller dine nøgler videre.
start-activate = Aktivér dit eID med en midlertidig adgangskode
start-services = Prøv demotjenesterne
start-developers = Til udviklere:

# ---- fejl ----

error-heading = Det gik ikke
error-advice = Kom du fra en tjeneste, så gå tilbage til den, og prøv igen.
error-request-not-found-heading = Siden findes ikke
error-request-unavailable-heading = Vi har travlt lige nu
error-login-expired-heading = Der gik for lang tid
error-login-wrong-browser-heading = Du skiftede browser
fault-title = Der er sket en fejl hos os
fault-number = Fejlen har nummer { $number }.
fault-advice = Prøv igen om lidt. Kontakter du support, så oplys nummeret. Du har ikke mistet noget.
