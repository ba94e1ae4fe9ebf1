# Hvorfor svaret er nej: én tekst for hver kode (docs/glossary.md, domain/refusal.rs).

refusal-login-failed = Bruger-id eller adgangskode er forkert, eller dit eID er låst eller spærret.
refusal-login-expired = Du skal logge på inden for 10 minutter. Begynd forfra hos tjenesten.
refusal-login-wrong-browser = Du begyndte i en anden browser. Begynd forfra i denne.
refusal-login-busy = Der er for mange forsøg i gang med dit eID. Vent et øjeblik, og prøv igen.
refusal-login-repeat-too-late = Du er allerede logget på herfra. Begynd forfra hos tjenesten.
refusal-login-csrf = Siden var for gammel eller kom et andet sted fra. Prøv igen.
refusal-login-passive = Du er ikke logget på.
refusal-login-consent = Du har ikke sagt, om tjenesten må få de oplysninger, den beder om.
refusal-consent-required = Vælg ja eller nej.
refusal-login-subject-mismatch = Du har logget på som en anden end den, tjenesten spurgte efter.
refusal-login-level-unmet = Tjenesten kræver et højere sikringsniveau, end dit eID kan give.
refusal-login-wait = Lige nu vil flere logge på, end vi kan nå. Du står i kø og har beholdt din plads.
refusal-login-full = Lige nu vil så mange logge på, at køen er fuld. Siden prøver igen af sig selv.
refusal-code-wrong =
    { $left ->
        [none] Nøglen er forkert. Kontrollér nøglenummeret, og prøv igen.
        [one] Nøglen er forkert. Du har 1 forsøg tilbage, før dit nøglekort bliver spærret.
       *[other] Nøglen er forkert. Du har { $left } forsøg tilbage, før dit nøglekort bliver spærret.
    }
refusal-code-used = Nøglen er lige blevet brugt. Her er et nyt nøglenummer.
refusal-code-format = En nøgle er 6 cifre.
refusal-code-required = Indtast nøglen.
refusal-factor-not-taken = Tjenesten tager ikke imod de måder at logge på, som du har.
refusal-factor-required = Vælg, hvordan du vil logge på.
refusal-hardware-unbound = Dit eID er på hardware, og der er ingen sikkerhedsnøgle, vi kan bede om.
refusal-token-wrong =
    { $left ->
        [none] Nøglen er forkert. Se på nøgleviserens display, og prøv igen.
        [one] Nøglen er forkert. Du har 1 forsøg tilbage, før din nøgleviser bliver spærret.
       *[other] Nøglen er forkert. Du har { $left } forsøg tilbage, før din nøgleviser bliver spærret.
    }
refusal-token-next = Din nøgleviser er kommet ud af takt. Indtast den næste nøgle, den viser.
refusal-token-used = Nøglen er brugt. Vent, til nøgleviseren viser en ny.
refusal-token-format = Nøglen er de 6 til 8 cifre, som nøgleviseren viser.
refusal-token-required = Indtast den nøgle, som nøgleviseren viser.
refusal-token-blocked = Din nøgleviser er spærret.
refusal-token-state = Nøgleviseren kan ikke bruges til det.
refusal-token-not-found = Der er ikke sendt en nøgleviser med det nummer til dig.
refusal-token-in-use = Du har allerede en nøgleviser. Spær den, før du tager en anden i brug.
refusal-token-void = Nøgleviseren kan ikke tages i brug: Der er skrevet for mange forkerte nøgler. Kontakt support, så du kan få en anden.
refusal-token-accept = Sæt kryds, hvis du vil bestille til den pris.
refusal-token-price = Prisen er ændret. Se den nye pris, og sæt kryds igen, hvis du vil bestille.
refusal-app-waiting = Du har ikke godkendt i din nøgleapp endnu.
refusal-app-rejected = Log-in blev afvist i din nøgleapp, eller tallet var forkert. Var det ikke dig, så skift din adgangskode.
refusal-app-lapsed = Du nåede ikke at godkende. Vælg igen, hvordan du vil logge på.
refusal-app-rests = Din nøgleapp er blevet spurgt for mange gange uden svar. Brug en anden måde, eller vent en time.
refusal-app-no-question = Der er ikke noget at godkende, eller det er for sent.
refusal-app-too-early = Din nøgleapp kan ikke bruges endnu.
refusal-app-unknown = Vi kender ikke den enhed. Måske er den spærret.
refusal-app-signature = Appens signatur er ikke gyldig.
refusal-app-clock = Enhedens ur går forkert.
refusal-app-number = Indtast de to cifre, som log-in-siden viser.
refusal-app-handover = Cifrene er forkerte eller for gamle. Begynd forfra på siden.
refusal-app-name = Giv enheden et navn på højst 40 tegn.
refusal-app-push = Appens push-adresse kan ikke bruges.
refusal-app-too-many = Du har allerede 3 enheder. Spær en, før du tilføjer en ny.
refusal-voice-wrong = Koden er forkert.
refusal-voice-lapsed = Koden gælder ikke længere. Bed om et nyt opkald.
refusal-voice-blocked = Der er tastet forkerte koder for mange gange. Opkald med koder er spærret, og du er logget af alle steder.
refusal-voice-rests = Vi har ringet til dig for mange gange. Vent en time, eller brug en anden måde.
refusal-voice-unknown = Du har ikke noget nummer, som vi ringer til.
refusal-voice-number = Skriv et telefonnummer fra Danmark, Færøerne eller Grønland.
refusal-voice-price = Sæt kryds, hvis du vil bestille til den pris, der står her.
refusal-voice-off = Opkald med koder kan ikke bestilles her.
refusal-passkey-too-early = Din sikkerhedsnøgle er tilføjet, men kan ikke bruges endnu.
refusal-passkey-required = Din browser sendte intet svar fra en adgangsnøgle. Det kræver JavaScript. Prøv igen, eller brug en anden måde.
refusal-passkey-wrong = Svaret fra din adgangsnøgle kunne ikke bruges. Prøv igen.
refusal-passkey-unverified = Din adgangsnøgle bad dig ikke om pinkode, fingeraftryk eller ansigt. Det skal den kunne.
refusal-passkey-unknown = Vi kender ikke den adgangsnøgle. Måske er den spærret.
refusal-passkey-copied = Tælleren i din adgangsnøgle stod lavere end sidst, den blev brugt. Det kan betyde, at der findes en kopi af den, så vi har spærret den. Brug en anden måde.
refusal-passkey-name = Giv adgangsnøglen et navn på højst 40 tegn.
refusal-passkey-known = Den adgangsnøgle er allerede tilføjet.
refusal-passkey-too-many = Du kan ikke have flere adgangsnøgler. Spær en, før du tilføjer en ny.
refusal-user-id-required = Indtast dit bruger-id.
refusal-password-required = Indtast din adgangskode.

refusal-LOCK001 =
    { $until ->
        [none] Du har skrevet forkert for mange gange. Dit eID er låst i 8 timer.
       *[other] Du har skrevet forkert for mange gange. Dit eID er låst til kl. { $until }.
    }
refusal-LOCK002 = Du har skrevet forkert for mange gange. Din adgangskode er spærret.
refusal-LOCK003 = Der er indtastet forkerte nøgler for mange gange. Dit nøglekort er spærret.
refusal-AUTH001 = Din adgangskode er spærret, fordi den er skrevet forkert for mange gange.
refusal-AUTH003 = Dit log-in er i orden, men dit eID er ikke knyttet til denne bank.
refusal-AUTH004 =
    { $until ->
        [none] Dit eID er midlertidigt låst. Prøv igen senere.
       *[other] Dit eID er midlertidigt låst. Prøv igen efter kl. { $until }.
    }
refusal-AUTH005 = Dit eID er spærret, fordi der er indtastet en forkert adgangskode for mange gange.
refusal-AUTH006 = Der er ikke flere nøgler på dit nøglekort.
refusal-AUTH007 = Din adgangskode er spærret.
refusal-AUTH008 = Dit eID er ikke aktiveret, eller den midlertidige adgangskode gælder ikke længere.
refusal-AUTH019 = Tjenesten tager ikke imod nøglekort. Brug nøgleapp eller nøgleviser.
refusal-OCES001 = Dit eID giver kun adgang til netbank.
refusal-OCES002 = Dit eID kan ikke bruges her, for det er ikke bekræftet sikkert nok, hvem du er.
refusal-OCES003 = Dette eID kan kun bruges i netbank. Måske har du et andet eID, der kan bruges her.
refusal-OCES004 = Dit eID kan kun bruges i netbank.
refusal-OCES005 = Certifikatet kunne ikke udstedes. Prøv igen, eller kontakt support.
refusal-OCES006 = Dit eID har ikke længere et gyldigt certifikat og kan kun bruges i netbank.
refusal-CAN002 = Du har afbrudt.

refusal-cpr-format = Et CPR-nummer er 10 cifre.
refusal-cpr-date = De første 6 cifre i CPR-nummeret er ikke en dato.
refusal-cpr-demo-number = Det er et prøvenummer. Det kan ikke bruges her.
refusal-cpr-real-number = Brug kun prøvenumre i demoen.
refusal-cvr-format = Et CVR-nummer er 8 cifre.
refusal-cvr-check = Det er ikke et gyldigt CVR-nummer.
refusal-cvr-demo-number = Det er et prøvenummer. Det kan ikke bruges her.
refusal-cvr-real-number = Brug kun prøvenumre i demoen.
refusal-user-id-too-short = Bruger-id skal være på mindst 5 tegn.
refusal-user-id-too-long = Bruger-id må højst være på 48 tegn.
refusal-user-id-characters = Brug kun bogstaverne a–z, tal og almindelige tegn – ikke æ, ø og å.
refusal-user-id-like-number = Bruger-id må ikke ligne et eID-nummer.
refusal-user-id-like-cpr = Bruger-id må ikke ligne et CPR-nummer.
refusal-user-id-taken = Bruger-id er optaget. Vælg et andet.
refusal-user-id-space = Bruger-id må ikke begynde eller slutte med et mellemrum.
refusal-password-too-short = Adgangskoden skal være på mindst 6 tegn.
refusal-password-too-long = Adgangskoden må højst være på 40 tegn.
refusal-password-letters-digits = Adgangskoden skal have både bogstaver og tal.
refusal-password-repeated = Adgangskoden må ikke have det samme tegn fire gange i træk.
refusal-password-space = Adgangskoden må ikke begynde eller slutte med et mellemrum.
refusal-password-contains-number = Adgangskoden må ikke indeholde dit CPR-nummer eller eID-nummer.
refusal-password-contains-user-id = Adgangskoden må ikke indeholde dit bruger-id.
refusal-password-characters = Adgangskoden har et tegn, der ikke kan ses. Slet den, og skriv den igen.
refusal-password-classic-characters = Brug kun bogstaverne a–z, tal og almindelige tegn – ikke æ, ø og å.
refusal-password-four-digits-equal = De fire cifre må ikke være ens.
refusal-password-four-digits-run = De fire cifre må ikke stå i rækkefølge.
refusal-password-four-digits-cpr = De fire cifre må ikke komme fra dit CPR-nummer.
refusal-password-differs = De to adgangskoder er ikke ens.
refusal-password-common = Adgangskoden er for let at gætte.

refusal-activation-required = Indtast den midlertidige adgangskode.
refusal-activation-failed = Det, du skrev, passer ikke sammen, eller den midlertidige adgangskode gælder ikke længere. Efter flere forkerte forsøg skal du vente 8 timer. Du kan bestille en ny.
refusal-activation-expired = Der gik for lang tid, eller noget er ændret imens. Har du valgt adgangskode, så log bare på. Ellers begynd forfra – den midlertidige adgangskode er ikke brugt.
refusal-terms-required = Du skal godkende reglerne for at gå videre.
refusal-keycard-number-required = Indtast nummeret på dit nøglekort.

refusal-password-old-wrong = Den nuværende adgangskode er forkert.
refusal-password-unchanged = Den nye adgangskode er den samme som den gamle.
refusal-user-id-too-many = Du har prøvet for mange navne i dag. Prøv igen i morgen.
refusal-user-id-cpr = CPR-nummeret kan kun være bruger-id for den, der har et CPR-nummer og kun ét eID.
refusal-email-format = Skriv en e-mailadresse, for eksempel navn@eksempel.dk, eller lad feltet være tomt.
refusal-email-differs = De to e-mailadresser er ikke ens.
refusal-phone-format = Skriv et mobilnummer, for eksempel 80307050, eller lad feltet være tomt.
refusal-own-log-in = Du er ikke logget på selvbetjening, eller det er for længe siden. Log på igen.
refusal-own-again = Log på igen for at gøre dette.
refusal-own-nothing = Der er ikke mere at trække tilbage.
refusal-contact-code-required = Skriv den kode, du har fået.
refusal-contact-code-wrong = Koden er forkert eller for gammel.
refusal-contact-too-many = Der er sendt eller prøvet for mange koder. Prøv igen senere.
refusal-own-confirm = Du skal vælge eller sætte kryds her for at gå videre.
refusal-own-text-changed = Teksten er ændret, siden du læste den. Læs den igen, og sæt kryds på ny.

refusal-request-malformed = Tjenesten har sendt os noget, vi ikke forstår.
refusal-request-too-large = Det, tjenesten har sendt, er for stort.
refusal-request-too-slow = Det, du sendte, nåede ikke frem i tide. Prøv igen.
refusal-request-unknown-party = Vi kender ikke den tjeneste, der har sendt dig herhen.
refusal-request-redirect-uri = Tjenesten har bedt os sende dig til en adresse, vi ikke kender.
refusal-request-duplicate = Tjenesten har sendt de samme oplysninger to gange.
refusal-request-replayed = Anmodningen er allerede besvaret. Begynd forfra hos tjenesten.
refusal-request-unavailable = Vi kan ikke svare lige nu. Prøv igen om et øjeblik.
refusal-request-not-found = Der er ingen side på adressen. Måske er den skrevet forkert.
refusal-request-method = Siden kan ikke bruges på den måde.
refusal-keycard-state = Nøglekortet kan ikke bruges til det.
refusal-keycard-expired = Dit nøglekort er udløbet.
refusal-keycard-on-its-way = Dit nøglekort er på vej til dig.
refusal-keycard-enough = Du har allerede så mange ubrugte nøglekort, som du kan have.
refusal-keycard-proof = Dit nøglekort er spærret. Du får et nyt hos borgerservice eller din bank, når du viser, hvem du er.
refusal-keycard-threshold = Vælg et tal mellem 5 og 60.
refusal-keycard-not-found = Vi kender ikke et nøglekort med det nummer.
refusal-party-unknown = Vi kender ikke den tjeneste.

refusal-ra-token = Kaldet skal have et gyldigt adgangstoken.
refusal-ra-scope = Adgangstokenet gælder ikke for sagsbehandlernes API.
refusal-ra-assertion = Sagsbehandlerens erklæring mangler eller er ikke gyldig.
refusal-ra-replayed = Sagsbehandlerens erklæring er allerede brugt.
refusal-ra-role = Sagsbehandlerens rolle giver ikke adgang til dette.
refusal-ra-own-case = Man kan ikke behandle sin egen sag.
refusal-ra-not-found = Her er ikke noget med det navn, eller det er ikke jeres sag.
refusal-ra-reason = Angiv en begrundelse på 3 til 200 tegn på én linje, uden CPR-numre.
refusal-ra-key-missing = Handlingen skal have en Idempotency-Key på 8 til 64 tegn.
refusal-ra-key-reused = Idempotency-Key er allerede brugt til noget andet.
refusal-ra-too-many = For mange kald. Vent lidt, og prøv igen.
refusal-ra-proof = Det skal være vist, hvem personen er, på en måde, som sagsbehandlerens rolle kan godtage.
refusal-questions-unfit = Der må ikke stilles kontrolspørgsmål om personen på denne måde. Brug et dokument.
refusal-questions-few = Registeret ved for lidt til kontrolspørgsmål. Brug et dokument eller et vidne.
refusal-questions-rest = Der er stillet for mange kontrolspørgsmål om personen i dag. Brug et dokument.
refusal-questions-over = Runden med kontrolspørgsmål er slut.
refusal-register-unavailable = Registeret svarer ikke. Prøv igen senere.
refusal-eid-state = eID'ets tilstand tillader det ikke.
refusal-password-state = Adgangskodens tilstand tillader det ikke.

refusal-proofing-documents = Det, der er vist, er ikke nok til at vise, hvem personen er.
refusal-proofing-document-not-accepted = Dokumentet er ikke på listen over gyldig legitimation.
refusal-proofing-document-expired = Dokumentet er udløbet.
refusal-proofing-last-day = Skriv, hvilken dag dokumentet gælder til og med.
refusal-proofing-home-visit = Hjemmebesøg er for den, der hverken har pas eller kørekort. Med et af dem kan et eID bestilles på nettet.
refusal-proofing-document-too-old = Dokumentet er for gammelt, eller dets dato mangler.
refusal-proofing-health-card = Til et udenlandsk dokument hører det gule sundhedskort.
refusal-proofing-cpr-not-shown = Intet af det, der er vist, har CPR-nummeret.
refusal-proofing-second-paper = Uden billedlegitimation skal der vises to forskellige dokumenter.
refusal-proofing-papers-alike = De to dokumenter skal være af forskellig slags.
refusal-proofing-paper-anchor = Et af dokumenterne skal være sundhedskort, dåbsattest eller navneattest.
refusal-proofing-witness = Den, der kun har været kort tid i Danmark, skal have et vidne med.
refusal-proofing-in-person = Et eID kan ikke bestilles online i dette tilfælde. Gå til borgerservice i kommunen.
refusal-proofing-too-young = Alderen er for lav til dette eID. Til brug hos det offentlige skal man være fyldt 15 år.
refusal-proofing-no-cpr = Et eID til det offentlige kræver et dansk CPR-nummer.
refusal-proofing-residence-pending = Opholdssagen er ikke afgjort endnu.
refusal-proofing-person-ended = Personen er registreret som død eller forsvundet.
refusal-proofing-unknown-person = CPR-registeret kender ikke nummeret.
refusal-proofing-witness-unfit = Vidnet skal være fyldt 18 år, have CPR-nummer, vise egen gyldig billedlegitimation og underskrive erklæringen.
refusal-proofing-guardian = Personen er under værgemål. Værgen skal møde op og underskrive som vidne.
refusal-order-has-eid = Personen har allerede et eID.
refusal-order-customer-taken = Banken bruger allerede det kundenummer om en anden person.
refusal-order-consents = Reglerne skal godkendes, og hvert af de fire samtykker skal gives, i den udgave, der gælder nu.
refusal-order-no-address = Der er ingen registreret adresse, som brevene kan sendes til. Vælg afhentning.
refusal-order-delivery = Det kan ikke udleveres på den måde. Vælg en anden måde.
refusal-order-expired = Siderne stod åbne for længe, eller de er åbnet i en anden browser. Begynd forfra.
refusal-order-full = Der er så mange bestillinger i kø, at vi ikke kan tage imod flere lige nu. Prøv igen om et par timer.
refusal-order-too-many = Der er prøvet for mange gange det seneste døgn. Prøv igen i morgen, eller gå til borgerservice i din kommune.
refusal-order-not-yours = CPR-nummeret hører ikke til det eID, du er logget på med.
refusal-document-kind = Vælg pas eller kørekort.
refusal-document-number = Skriv nummeret, som det står på dit pas eller kørekort.
refusal-document-not-confirmed = Nummeret kunne ikke bekræftes. Se efter, om det er rigtigt, og om du har valgt det rigtige dokument.
refusal-public-use-officer = Brugen uden for netbank er stoppet af en sagsbehandler. Gå til borgerservice i din kommune.
refusal-certificate-none = Dit eID har intet certifikat, der gælder.
refusal-certificate-nothing-new = Der er ingen grund til at forny certifikatet: Navnet i CPR er det samme, og certifikatet udløber ikke foreløbig. Er navnet forkert i CPR, så få det rettet dér først.
