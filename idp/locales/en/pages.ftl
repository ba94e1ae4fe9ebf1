# Pages that people see. Plain words, short sentences; terms as in docs/glossary.md.

skip = Skip to the content
switch = Dansk
demo-banner = This is a demo. People, key cards and services are made up. Never use your real details here.
support = Need help?
support-call = Call
support-pages = See the help pages
address-check = Check that the address at the top of your browser begins with

next = Continue
cancel = Cancel
log-in = Log in
back-to = Back to { $party }
summary = There is something to put right
code-of-notice = Code for support: { $code }

# ---- log in ----

credentials-title = Log in to { $party }
user-id = User ID
user-id-hint = The name you chose yourself, your CPR number or your eID number.
password = Password

code-title = Type a code from your key card
code-lead = You are logging in to { $party }. Find the number on your key card.
code-index = Number
code-card = On key card
code = Code
code-hint = The 6 digits beside number { $index }.
code-advice = You are only ever asked for one code at a time. Never give a code or a picture of your key card to anybody – not on the telephone either.

failed-tries =
    { $count ->
        [one] There was 1 failed attempt to log in with your eID.
       *[other] There were { $count } failed attempts to log in with your eID.
    }
failed-since = You last logged in on { $since }.
failed-advice = If that was not you, change your password.

token-title = Type the code that your code token shows
token-lead = You are logging in to { $party }. Press the button on your code token.
token-code = Code
token-hint = The digits in the display.
token-advice = Never tell anybody a code – not on the telephone either. Is your code token gone? Use your key card, and block the token.

app-title = Approve in your code app
app-lead = You are logging in to { $party }. Open your code app and type this number in it.
app-number = Number
app-advice = Approve only what you have begun yourself. Nobody else may ever ask you to approve – not on the telephone either.
app-waits = This page goes on by itself when you have approved.
app-go-on = I have approved

passkey-title = Use your passkey
passkey-lead = You are logging in to { $party }. Your browser asks you for your passkey: a security key, your telephone or your computer.
passkey-use = Use passkey
passkey-advice = A passkey works at our address alone. No false page can coax it out of you.
passkey-no-script = Your browser runs no JavaScript, and a passkey cannot be used without it. Everything else here works without.
passkey-unsupported = Your browser cannot use passkeys. Use another browser, or another way.
passkey-failed = Your browser got no answer from your passkey. Try again, or use another way.

voice-title = Type the code from the call
voice-lead = You are logging in to { $party }.
voice-call = We are calling you now on the number that ends in { $ends }, and read a code aloud.
voice-code = Code
voice-hint = The six digits that you hear. The code is valid for five minutes.
voice-advice = Never tell anybody the code – not even somebody who calls you. If no call comes, choose another way and then the call again.

consent-title = What may { $party } know?
consent-lead = { $party } asks for these data about you:
consent-question = May the service have them?
consent-yes = Yes, it may have them
consent-no = No, log me in without them
consent-remember = Remember my answer if it is yes, so that I am not asked next time
consent-advice = You can always take consent back in self-service. If you say no, the service may ask you for the data in another way.
factor-title = How do you want to log in?
factor-lead = You are logging in to { $party } with
factor-keycard = Key card
factor-app = Code app
factor-passkey = Passkey
factor-token = Code token
factor-voice = A call that reads a code aloud
factor-usual = Use this one first from now on
factor-other = Use another way

# ---- queue before the log-in ----

wait-title = You are in the queue to log in
wait-seconds =
    { $seconds ->
        [one] It is your turn in about 1 second.
       *[other] It is your turn in about { $seconds } seconds.
    }
wait-advice = Leave this page open – it goes on by itself. You do not lose your place if you press Try now.
wait-known = Have you logged in before in another browser or on another device? Then use that one: there is usually no queue.
wait-again = Try now

# ---- it cannot be done ----

notice-heading = You cannot log in here
extend-link = Extend your eID

notice-OCES001-heading = Your eID cannot be used here
notice-OCES001-1 = To use it here, it must first be extended to public and private services. It costs nothing, and you keep your user ID, your password and your key card.
notice-OCES001-2 = How to do it: order the extension with your CPR number and the number of your Danish passport or driving licence. Accept the rules and choose to use the eID that you already have. It works at once.
notice-OCES001-3 = No Danish passport or driving licence? Citizen service in your municipality can help you.

notice-OCES002-heading = Your eID cannot be used here
notice-OCES002-1 = Order an eID in the ordinary way: online with your Danish passport or driving licence, or at citizen service in your municipality with identification. It is free.
notice-OCES002-2 = Until then you can use your eID where no more is asked for.

notice-OCES003-heading = Your eID cannot be used here
notice-OCES003-1 = If you have another eID, go back to the service and log in with that one. Use its eID number or user ID, its password and its key card.
notice-OCES003-2 = If you would rather use this eID, choose “Use your eID outside netbank” on the start page. It costs nothing.

notice-OCES004-heading = Your eID cannot be used here
notice-OCES004-1 = An eID for anything but netbank is for people aged 15 or more with a Danish CPR number.
notice-OCES004-2 = You can still get it done without an eID: contact the service or citizen service in your municipality. There you can use a form, write a letter or come in person.

notice-OCES006-heading = Your eID cannot be used here
notice-OCES006-1 = Your certificate was revoked or has ended. Extend your eID again, and you get a new certificate. It costs nothing, and you keep your user ID, your password and your key card.
notice-OCES006-2 = You need your CPR number and the number of your Danish passport or driving licence. If you have neither document, citizen service in your municipality can help you.

notice-AUTH003-heading = Your eID is not linked to the bank
notice-AUTH003-1 = If you are the bank's customer, ask it to link your eID to your agreement.

notice-AUTH006-heading = All codes are used
notice-AUTH006-1 = You have used the last code on your key card, and no new card of yours is ready. A new one is ordered by itself when 20 codes are left – or as many as you chose – and sent to your address in the CPR register.
notice-AUTH006-2 = When the new card has come, log in as usual: you are asked for a code from the new card, and that puts it into use.
notice-AUTH006-3 = Has it not come? Contact support, who can send another, or go to citizen service in your municipality and get a key card at once. Bring your passport or driving licence.

notice-keycard-expired-heading = Your key card has expired
notice-keycard-expired-1 = A key card is valid for three years. We order a new one 30 days before and send it to your address in the CPR register.
notice-keycard-expired-2 = If you have the new one, try to log in again: you will be asked for a code from it. If it has not come, contact support or citizen service.

notice-keycard-on-its-way-heading = Your key card is on its way
notice-keycard-on-its-way-1 = You can log in when the card has come by post. You will be asked for a code from it, and that puts it into use.
notice-keycard-on-its-way-2 = If you have waited more than five working days, contact support or citizen service.

notice-AUTH008-heading = Your eID is not activated
notice-AUTH008-1 = Activate it with the temporary password that you were sent. If it is lost or used, order a new one on our start page under Activate, or contact support.

notice-LOCK003-heading = Your key card is blocked
notice-LOCK003-1 = Contact support or citizen service to get a new key card.

notice-LOCK002-heading = Your password is blocked
notice-LOCK002-1 = Order a temporary password on our start page under Activate, or contact support. With it you choose a new one.
notice-AUTH001-heading = Your password is blocked
notice-AUTH001-1 = Contact support and order a temporary password. With it you choose a new one.
notice-AUTH005-heading = Your password is blocked
notice-AUTH005-1 = Order a temporary password on our start page under Activate, or contact support. With it you choose a new one.
notice-AUTH007-heading = Your password is blocked
notice-AUTH007-1 = Order a temporary password on our start page under Activate, or contact support. With it you choose a new one.

notice-AUTH019-heading = The key card cannot be used here
notice-AUTH019-1 = This service wants a code app, a code token or another way that is harder to copy. You can get one in self-service.
notice-factor-not-taken-heading = You cannot log in here with what you have
notice-factor-not-taken-1 = This service takes other ways to log in than those that you have. See in self-service which ones you can get.
notice-hardware-unbound-heading = Add your security key first
notice-hardware-unbound-1 = The key card can be used in self-service only, where you add the security key. Once that is done you can log in here with it.
notice-hardware-unbound-2 = If the security key is lost, or you have no key card, go to citizen service or to your bank. When you show who you are you get a new card, with which you add a new security key.
notice-passkey-too-early-heading = Your security key cannot be used yet
notice-passkey-too-early-1 = It has just been added, and it takes a while before it can be used. Self-service tells you when. Try again then.
notice-token-blocked-heading = Your code token is blocked
notice-token-blocked-1 = Use your key card to log in. In self-service you can open the token again with your key card, or order another one.
notice-token-state-heading = Your code token cannot be used
notice-token-state-1 = Use your key card to log in.
notice-voice-blocked-heading = Calls with codes are blocked
notice-voice-blocked-1 = If you did not type the codes yourself, others know your password: change it, or block your eID.
notice-voice-blocked-2 = Log in again in another way. In self-service you can order the calls again.

# ---- on to the service ----

done-title = You are being sent on
done-lead = If nothing happens, press Continue.

# ---- log out ----

logout-title = Do you want to log out?
logout-lead = You will be logged out here and at the services that you are logged in to in this browser.
logout-services = You are logged in to:
logout-yes = Log out
logout-no = Stay logged in
logged-out-title = You are logged out
logged-out-all = You are logged out of all services.
logged-out-some = We could not log you out of:
logged-out-advice = Go to the service and log out there.
logged-out-browser = If this is a shared computer, close all windows of the browser.

# ---- start page ----

start-title = Start
start-heading = Log in with { $name }
start-lead = Here you log in with user ID, password and key card. You always begin at the service that you want to use – it sends you here.
start-advice = Your eID is personal. Let nobody else use it, and never give away your password or your codes.
start-activate = Activate your eID with a temporary password
start-services = Try the demo services
start-developers = For developers:

# ---- errors ----

error-heading = That did not work
error-advice = If you came from a service, go back to it and try again.
error-request-not-found-heading = Page not found
error-request-unavailable-heading = We are busy just now
error-login-expired-heading = It took too long
error-login-wrong-browser-heading = You changed browsers
fault-title = Something went wrong on our side
fault-number = The error has number { $number }.
fault-advice = Try again in a moment. If you contact support, give the number. You have lost nothing.
