# Self-service and blocking: what a person sees of their own eID.

start-own = Your own eID
start-selfservice = Self-service: see and change your details
start-block = Block password, key card or eID
start-help = Help

without-eid = You can always get it done without an eID: by a form, by letter or in person.
without-eid-link = How to do it without an eID

own-menu = Self-service
own-menu-overview = Overview
own-menu-history = Events
own-menu-sessions = Where you are logged in
own-menu-password = Password
own-menu-user-id = User ID
own-menu-contact = E-mail and mobile
own-menu-data = All your data
own-menu-block = Block
own-menu-close = Close eID
own-menu-logout = Log out

own-change = Change
own-save = Save
own-none = Not given
own-name = Name
own-number = eID number
own-pid = PID
own-scope = Can be used
own-scope-public = At public and private services
own-scope-netbank = In netbank only
own-scope-bank = In { $bank }
own-user-ids = User ID
own-password-set = Chosen on { $time }
own-email = E-mail
own-phone = Mobile number
own-cards = Key cards
own-no-cards = You have no key card.
own-card-left =
    { $left ->
        [one] 1 code left
       *[other] { $left } codes left
    }
own-card-until = Valid until { $time }
own-card-block = Block a key card that is lost
own-overview-heading = Your eID
own-personal = Your eID is personal. Never give your password, codes or a picture of your key card to anybody – not to family, nor to anybody who says that they are from the bank, the municipality or the police.

own-history-heading = What has happened with your eID
own-history-lead = If there is something you do not recognise, block your password and contact support.
own-history-none = There are no more events.
own-history-with = With
own-history-from = From the network address { $source }
own-history-older = Show older events

own-sessions-heading = Where you are logged in
own-sessions-lead = Each line is a browser in which your eID is logged in. If you do not recognise one of them, end it and change your password.
own-session-this = This browser
own-session-other = Another browser or service
own-session-begun = Logged in on { $time }
own-session-seen = Last used on { $time }
own-session-at = At
own-session-end = End
own-session-end-of = End what was logged in on { $time }
own-sessions-others = End all others
own-sessions-all = End all, this one too
own-done-sessions = It has ended, and the services that can be told at once have been told.
own-sessions-unreached = They hear of it when the browser in which you were logged in comes by, or when their own time is over. Go to the service and log out there.
own-lasting = Lasting access
own-lasting-lead = These services may fetch data about you while you are logged out, too. You can take the access back.
own-lasting-given = Given on { $time }
own-lasting-end = Take the access back
own-lasting-end-of = Take the access back from { $service }

own-password-heading = Change password
own-password-lead = Once you have changed it, you are logged out everywhere but here.
own-password-old = Your present password
own-password-old-hint = The one you logged in with.
own-password-new = New password
own-password-new-hint = 6–40 characters with both letters and digits – not your CPR number or your user ID. Or 4 digits that are not easy to guess.
own-password-again = New password again
own-password-again-hint = Type the same once more.
own-password-submit = Change password
own-done-password = Your password is changed. You are logged out everywhere else.
own-password-suspicion = If you think that others use your eID, block it instead. Then they also lose the lasting access that services were given.

own-user-id-heading = User ID
own-user-id-lead = You can log in with each of these names:
own-user-id-new = User ID of your own choice
own-user-id-new-hint = 5–48 characters: the letters a–z, digits and ordinary signs. Capital and small letters are the same.
own-user-id-choose = Save user ID
own-user-id-remove = Remove the one you chose
own-user-id-cpr-yes = Use the CPR number, too
own-user-id-cpr-no = Do not use the CPR number
own-done-user-id = Your user ID is saved. You can use it from now on.
own-done-user-id-removed = The user ID that you chose is removed.
own-done-cpr-on = You can now log in with your CPR number.
own-done-cpr-off = You can no longer log in with your CPR number.

own-contact-heading = E-mail and mobile
own-contact-lead = We use them to tell you when something important happens with your eID. Both may be empty.
own-email-hint = For example name@example.dk
own-phone-hint = For example 80307050. Foreign numbers begin with + or 00.
own-done-contact = Your details are saved.

own-data-heading = All that is stored about you
own-data-lead = You can fetch all that we have stored about you and this eID as one file (JSON): your details, user IDs, key cards, sessions, what services were given, and all events.
own-data-not = Passwords and codes are not in it. We do not store them in a form that can be read.
own-data-careful = The file holds your CPR number. Keep it where only you can get at it, and delete it on a shared computer.
own-data-submit = Fetch all data

own-close-heading = Close your eID
own-close-warning = You are about to close eID { $number } for good.
own-close-lead = Your key cards stop working, and you are logged out everywhere. If you want an eID again later, you have to order a new one.
own-close-sure = Yes, I want to close my eID for good.
own-close-submit = Close eID

own-logout-heading = Do you want to log out?
own-logout-lead = Then you are logged out of self-service. If you are logged in at services, too, you can end that under Where you are logged in.

receipt-follows = What happens now
receipt-logged-out-heading = You are logged out
receipt-logged-out-done = You are logged out of self-service.
receipt-logged-out-1 = If you are on a shared computer, close all windows of the browser.
receipt-closed-heading = Your eID is closed
receipt-closed-done = Your eID and your key cards can no longer be used, and you are logged out everywhere.
receipt-closed-1 = Cut your key cards up and throw them away.
receipt-closed-2 = If you need an eID again, you can order a new one at citizen service or at your bank.
receipt-closed-3 = You can always get it done without an eID: by a form, by letter or in person.
receipt-blocked-password-heading = Your password is blocked
receipt-blocked-password-done = Nobody can log in with it. Everybody who was logged in with your eID is logged out, and services have lost the lasting access that they were given.
receipt-blocked-password-1 = If your eID was stolen or misused, report it to the police on telephone 114, and contact your bank.
receipt-blocked-password-2 = To use your eID again you need an activation password. Order it from support. With it you choose a new one.
receipt-blocked-password-3 = Go through your accounts and your digital post for what you have not done yourself.
receipt-blocked-card-heading = Your key card is blocked
receipt-blocked-card-done = The codes of the card can no longer be used. Everybody who was logged in with your eID is logged out.
receipt-blocked-card-1 = If the card was stolen, report it to the police on telephone 114.
receipt-blocked-card-2 = No new card is sent by itself. You get one at citizen service or at your bank when you show who you are.
receipt-blocked-card-3 = If you find the card again, cut it up: it cannot be opened again.
receipt-blocked-card-4 = If others may know your password, block that, too.
receipt-blocked-eid-heading = Your eID is blocked
receipt-blocked-eid-done = Password and key cards can no longer be used. Everybody who was logged in with your eID is logged out, and services have lost the lasting access that they were given.
receipt-blocked-eid-1 = If your eID was stolen or misused, report it to the police on telephone 114, and contact your bank.
receipt-blocked-eid-2 = Only support or citizen service can open it again, once you have shown who you are.
receipt-blocked-eid-3 = Go through your accounts and your digital post for what you have not done yourself.
receipt-blocked-eid-4 = Meanwhile you can get it done without an eID: by a form, by letter or in person.

block-title = Block
block-lead = If you suspect that others know your password or have your key card, block at once.
block-needs = You need your user ID and your password. You do not need a code.
block-password = Block password
block-password-when = When others may know it.
block-card = Block key card
block-card-when = When the card is lost, or others have seen it.
block-eid = Block your whole eID
block-eid-when = When you do not know what others have got hold of.
block-locked-out = If you cannot log in to block, call.
block-which = This is about eID { $number }.
block-no-card = There is no key card to block.
block-this-card = Block card { $number }
block-password-heading = Block password
block-password-1 = The password stops working at once, and everybody is logged out.
block-password-2 = Afterwards you need an activation password to use your eID again.
block-card-heading = Block key card
block-card-1 = The card stops working at once and cannot be opened again. Everybody is logged out.
block-card-2 = You get a new card at citizen service or at your bank when you show who you are.
block-eid-heading = Block your whole eID
block-eid-1 = Password and all key cards stop working at once, and everybody is logged out.
block-eid-2 = Only support or citizen service can open your eID again.

word-user-id-number = eID number
word-user-id-cpr = CPR number
word-user-id-chosen = Chosen by you
word-method-password = password
word-method-keycard = key card
word-card-ordered = ordered
word-card-printed = printed
word-card-posted = posted
word-card-active = in use
word-card-used-up = used up
word-card-blocked = blocked
word-card-expired = expired
word-card-replaced = replaced
word-event-login-completed = Logged in
word-event-login-entered = Entered without a new log-in
word-event-login-refused = Refused
word-event-lane-closed = Locked for 8 hours after wrong passwords
word-event-lane-shut = Locked for unknown browsers
word-event-lane-notice = Others tried to log in
word-event-lane-reopened = Opened again by support
word-event-password-blocked = Password blocked
word-event-password-changed = Password changed
word-event-keycard-blocked = Key card blocked
word-event-keycard-used-up = Key card used up
word-event-keycard-ordered = New key card ordered
word-event-keycard-printed = Key card printed
word-event-keycard-activated = Key card put into use
word-event-keycard-posted = Key card posted
word-event-keycard-expired = Key card expired
word-event-keycard-wish = Key card wishes changed
word-event-session-ended = Logged out
word-event-session-left = Logged out of a service
word-event-user-id-changed = User ID changed
word-event-contact-changed = E-mail or mobile changed
word-event-data-exported = All data fetched
word-event-access-withdrawn = Lasting access taken back
word-event-eid-changed = eID blocked, opened or closed
