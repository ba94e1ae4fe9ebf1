# E-mails og sms'er. Du-form. Ingen links: læseren skriver selv adressen.

message-greeting = Hej
message-when = Det skete den { $time }.
message-not-you = Var det ikke dig? Så spær dit eID med det samme.
message-not-you-short = Var det ikke dig, så spær dit eID med det samme.
message-help = Skriv selv adressen { $url } i din browser, hvis du vil se mere eller har brug for hjælp.
message-help-phone = Skriv selv adressen { $url } i din browser, hvis du vil se mere. Har du brug for hjælp, så ring { $phone }.
message-never = Vi beder dig aldrig om adgangskode, nøgler eller billeder af dit nøglekort i en mail eller en sms.

message-password-changed-subject = Din adgangskode er ændret
message-password-changed = Adgangskoden til dit eID er ændret.
message-password-blocked-subject = Din adgangskode er spærret
message-password-blocked = Adgangskoden til dit eID er spærret. Du kan bestille en midlertidig adgangskode og vælge en ny med den.
message-user-id-changed-subject = Dit bruger-id er ændret
message-user-id-changed = Dit bruger-id er ændret.
message-contact-changed-subject = Dine kontaktoplysninger er ændret
message-contact-changed = Mailadressen eller mobilnummeret til dit eID er ændret.
message-contact-code-subject = Kode til selvbetjeningen
message-contact-code = Din kode er { $code }. Skriv den i selvbetjeningen inden kl. { $time }. Giv den aldrig til andre.
message-card-ordered-subject = Et nyt nøglekort er på vej
message-card-ordered = Der er bestilt et nyt nøglekort til dig. Det kommer med posten. Brug dit nuværende, til det er brugt op.
message-card-activated-subject = Dit nye nøglekort er taget i brug
message-card-activated = Dit nye nøglekort er taget i brug. Har du et gammelt nøglekort, så klip det over og smid det ud.
message-card-blocked-subject = Dit nøglekort er spærret
message-card-blocked = Dit nøglekort er spærret og kan ikke bruges mere.
message-card-expires-subject = Dit nøglekort udløber
message-card-expires = Dit nøglekort gælder til den { $day }. Vi sender dig et nyt. Tag det i brug, inden det gamle udløber.
message-card-expired-subject = Dit nøglekort er udløbet
message-card-expired = Dit nøglekort er udløbet og kan ikke bruges mere. Har du fået et nyt, bliver du bedt om en nøgle fra det, næste gang du logger på.
message-device-added-subject = Der er tilføjet en enhed med nøgleapp
message-device-added = Der er tilføjet en enhed med nøgleapp til dit eID. Den kan snart bruges til at godkende log-in.
message-token-ordered-subject = Der er bestilt en nøgleviser
message-token-ordered = Der er bestilt en nøgleviser til dig. Den bliver sendt, når den er betalt.
message-token-activated-subject = Din nøgleviser er taget i brug
message-token-activated = Din nøgleviser er taget i brug. Behold dit nøglekort: Det skal du bruge, hvis nøgleviseren skal spærres.
message-factor-blocked-subject = Din nøgleviser eller nøgleapp er spærret
message-factor-blocked = Din nøgleviser eller en enhed med nøgleapp er spærret. Du kan stadig logge på med dit nøglekort.
message-passkey-added-subject = Der er tilføjet en adgangsnøgle
message-passkey-added = Der er tilføjet en adgangsnøgle til dit eID. Den kan snart bruges til at logge på.
message-passkey-blocked-subject = Din adgangsnøgle er spærret
message-passkey-blocked = En adgangsnøgle til dit eID er spærret og kan ikke bruges mere.
message-passkey-copied-subject = Din adgangsnøgle er spærret
message-passkey-copied = Tælleren i en af dine adgangsnøgler stod lavere end sidst, den blev brugt. Det kan betyde, at der findes en kopi af den, så vi har spærret den.
message-log-in-code-subject = Din kode
message-log-in-code = Din kode til { $party } er { $code }.
message-voice-ordered-subject = Opkald med koder er bestilt
message-voice-ordered = Fra den { $time } kan et telefonnummer, der er bekræftet i selvbetjeningen, bruges til log-in: Vi ringer til det og læser en kode op.
message-voice-blocked-subject = Opkald med koder er spærret
message-voice-blocked = Vi ringer ikke længere til dig med koder.
message-spoken-log-in = Hej. Det er { $name }. Du er ved at logge på hos { $party }. Din kode er:
message-spoken-activation = Hej. Det er { $name }. Din midlertidige adgangskode er:
message-spoken-number = Hej. Det er { $name }. Nogen vil bruge dette telefonnummer til opkald med koder. Koden til at bekræfte det er:
message-spoken-again = Jeg gentager: { $digits }.
message-spoken-never = Sig aldrig koden til nogen. Vi beder dig aldrig om den i telefonen. Har du ikke selv bedt om den, så læg på, og spær dit eID.
message-passkeys-alone-subject = Du logger nu kun på med adgangsnøgler
message-passkeys-alone = Nøglekort, nøgleviser, nøgleapp og opkald med koder er slået fra for dit eID. Du logger nu kun på med dine adgangsnøgler.
message-activation-ordered-subject = Der er bestilt en midlertidig adgangskode
message-activation-ordered = Der er bestilt en midlertidig adgangskode til dit eID. Din adgangskode er spærret, til du har valgt en ny.
message-activation-password-subject = Din midlertidige adgangskode
message-activation-password = Din midlertidige adgangskode er { $password }. Den gælder til den { $day } og kan bruges én gang.
message-eid-activated-subject = Dit eID er aktiveret
message-eid-activated = Dit eID er aktiveret og kan bruges.
message-eid-blocked-subject = Dit eID er spærret
message-eid-blocked = Dit eID er spærret og kan ikke bruges.
message-eid-opened-subject = Dit eID er åbnet igen
message-eid-opened = Dit eID er åbnet igen. Har du ikke længere et nøglekort, er et nyt på vej.
message-password-opened-subject = Din adgangskode er åbnet igen
message-password-opened = Din adgangskode er åbnet igen og kan bruges.
message-eid-closed-subject = Dit eID er lukket
message-eid-closed = Dit eID er lukket og kan ikke bruges mere.
message-log-ins-failed-subject = Nogen har prøvet at logge på med dit eID
message-log-ins-failed =
    { $count ->
        [one] Der har været 1 mislykket forsøg på at logge på med dit eID.
       *[other] Der har været { $count } mislykkede forsøg på at logge på med dit eID.
    }
