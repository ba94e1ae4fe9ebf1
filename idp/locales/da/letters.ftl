# Breve. Du-form.

letter-collect = Afhentes
letter-eid-number = Dit eID-nummer
letter-card-number = Nøglekortnummer
letter-index = Nr.
letter-help-phone = Har du brug for hjælp, så ring { $phone }.
letter-help = Har du brug for hjælp, så skriv adressen { $url } i din browser, eller gå til borgerservice i din kommune.

letter-welcome-title = Velkommen til { $name }
letter-welcome-1 = Du har fået et eID, som du logger på med. Hvor det kan bruges, kan du se i selvbetjeningen, når du har aktiveret det. Dit eID har dette nummer:
letter-welcome-2 = Du får også et nøglekort og en midlertidig adgangskode. Bliver de sendt med posten, kommer de i hvert sit brev og ikke samme dag. Henter du dem selv, eller har du fået dem på anden måde, så brug dem.
letter-welcome-3 = Når du har den midlertidige adgangskode, så skriv adressen { $url } i din browser, og vælg Aktivér. Du skal bruge eID-nummeret, den midlertidige adgangskode og – når det er kommet – en nøgle fra nøglekortet.
letter-welcome-4 = Gem dette brev. Eller vælg et bruger-id, som du lettere kan huske, når du aktiverer.
letter-welcome-hardware = Dit eID er på hardware: Du logger på med din egen sikkerhedsnøgle. Nøglekortet skal du kun bruge, når du aktiverer, og når du tilføjer sikkerhedsnøglen i selvbetjeningen bagefter. Hos tjenesterne virker det ikke, og du får ikke flere kort.

letter-card-title = Dit nye nøglekort
letter-card-1 = Her er dit nøglekort. Klip det ud, og fold det, så det passer i din pung.
letter-card-hardware = Dit eID er på hardware. Brug kun kortet til at aktivere og til at tilføje din sikkerhedsnøgle i selvbetjeningen. Hos tjenesterne virker det ikke. Når du har tilføjet sikkerhedsnøglen og slået alt andet fra, kan du smide kortet ud.
letter-large-card-1 = Her er dit nøglekort med stor skrift. Nøglerne står på de næste sider.
letter-card-2 = Du bliver bedt om en nøgle fra det, første gang du skal bruge det. Dermed er det taget i brug. Har du et gammelt nøglekort, så brug det, til det er brugt op.
letter-card-3 = Opbevar aldrig nøglekortet sammen med din adgangskode. Du må ikke kopiere eller fotografere nøglerne eller skrive dem af, og du må ikke give dem til andre – heller ikke til os.
letter-card-4 = Mister du kortet, eller har andre set det, så skriv adressen { $url } i din browser, og spær det med det samme.

letter-activation-title = Din midlertidige adgangskode
letter-activation-1 = Med denne midlertidige adgangskode vælger du selv en adgangskode til dit eID:
letter-activation-password = Midlertidig adgangskode
letter-activation-until = Den kan bruges én gang og gælder til den { $day }.
letter-activation-2 = Skriv adressen { $url } i din browser, og vælg Aktivér. Du skal også bruge dit eID-nummer, som står i dit velkomstbrev, eller dit bruger-id.
letter-activation-3 = Giv aldrig den midlertidige adgangskode til andre. Vi spørger aldrig efter den i telefonen, i en mail eller i en sms.
letter-activation-4 = Har du ikke bedt om den, så kontakt os.

letter-renewal-title = Dit nøglekort udløber
letter-renewal-1 = Et nøglekort gælder i tre år, og dit nuværende er snart for gammelt.
letter-renewal-day = Det gælder til den { $day }.
letter-renewal-2 = Vi sender dig et nyt. Tag det i brug, inden det gamle udløber: Skriv adressen { $url } i din browser, log på, og vælg Nøglekort.
letter-renewal-3 = Du beholder dit bruger-id og din adgangskode.

letter-order-refused-title = Din bestilling af et eID
letter-order-refused-1 = Der er bestilt et eID på { $url } med dit CPR-nummer. Vi kunne ikke udstede det:
letter-order-refused-2 = Er det noget, du selv kan rette, så bestil igen på { $url }. Ellers gå til borgerservice i din kommune med legitimation. Skriv altid adressen selv i din browser.
letter-order-refused-3 = Har du ikke bestilt noget, har en anden brugt dit CPR-nummer. Der er ikke udstedt noget, og du behøver ikke at gøre noget. Sker det flere gange, så kontakt os.

letter-ordered-again-title = Du har allerede et eID
letter-ordered-again-1 = Der er bestilt et eID på { $url } med dit CPR-nummer. Du har allerede et, så vi har ikke udstedt et nyt.
letter-ordered-again-2 = Vil du bruge dit eID flere steder, eller vil du have et eID mere, så skriv adressen { $url } i din browser. Vælg »Bestil et eID« og derefter »Brug det eID, du har fra din bank«. Du skal logge på med det eID, du har.
letter-ordered-again-3 = Har du ikke bestilt noget, har en anden brugt dit CPR-nummer og nummeret på dit pas eller kørekort. Kontakt os, hvis du er i tvivl.
letter-order-because = Der er noget i din sag, som vi ikke kan klare på nettet.
letter-order-because-document-not-confirmed = Nummeret på dit pas eller kørekort kunne ikke bekræftes. Måske er det skrevet forkert, eller også er dokumentet meldt tabt.
letter-order-because-proofing-document-expired = Dit pas eller kørekort er udløbet.
letter-order-because-proofing-in-person = Du skal møde personligt op hos borgerservice i din kommune for at få et eID.
letter-order-because-proofing-residence-pending = Din opholdssag er ikke afgjort endnu.
letter-order-because-proofing-too-young = Du skal være fyldt 15 år.
letter-order-because-order-delivery = Det kunne ikke udleveres på den måde, du havde valgt. Bor du i udlandet, skal du vælge et sted, hvor du henter nøglekort og midlertidig adgangskode og viser dit pas. Ellers vælg et andet sted, eller få det sendt med posten.
letter-order-because-order-consents = Reglerne er ændret, siden du bestilte.
letter-order-because-public-use-officer = Brugen af dit tidligere eID er stoppet af en sagsbehandler. Kontakt borgerservice i din kommune.
