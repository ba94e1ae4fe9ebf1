//! The codes of everything else that people, officers and orders are refused for. Makes the enum of these and those that are handed in.

macro_rules! of_people {
    ($($log_in:tt)*) => {
        codes! {
            $($log_in)*
            /// Not ten digits with an optional hyphen.
            CprFormat = "cpr.format";
            /// The first six digits are no date.
            CprDate = "cpr.date";
            /// A substitute number (day + 60) in production.
            CprDemoNumber = "cpr.demo_number";
            /// A number that may be a living person's, in the demo.
            CprRealNumber = "cpr.real_number";
            /// Not eight digits.
            CvrFormat = "cvr.format";
            /// The check digit of the CVR number is another.
            CvrCheck = "cvr.check";
            /// A number of no company (it begins with 0) in production.
            CvrDemoNumber = "cvr.demo_number";
            /// A number that may be a company's, in the demo.
            CvrRealNumber = "cvr.real_number";
            /// Below five characters.
            UserIdTooShort = "user_id.too_short";
            /// Above 48 characters.
            UserIdTooLong = "user_id.too_long";
            /// A character outside the allowed set.
            UserIdCharacters = "user_id.characters";
            /// Looks like an eID number.
            UserIdLikeNumber = "user_id.like_number";
            /// Looks like a CPR number.
            UserIdLikeCpr = "user_id.like_cpr";
            /// Somebody has it already.
            UserIdTaken = "user_id.taken";
            /// Begins or ends with a space.
            UserIdSpace = "user_id.space";
            /// Below six characters.
            PasswordTooShort = "password.too_short";
            /// Above 40 characters.
            PasswordTooLong = "password.too_long";
            /// Needs letters and digits both.
            PasswordLettersDigits = "password.letters_digits";
            /// The same character four times in a row.
            PasswordRepeated = "password.repeated";
            /// Begins or ends with a space.
            PasswordSpace = "password.space";
            /// Contains the CPR or eID number.
            PasswordContainsNumber = "password.contains_number";
            /// Contains a user-ID of the same eID.
            PasswordContainsUserId = "password.contains_user_id";
            /// A character outside the allowed set.
            PasswordCharacters = "password.characters";
            /// A character that is not on every keyboard, where the operator asks for those alone.
            PasswordClassicCharacters = "password.classic_characters";
            /// Four equal digits.
            PasswordFourDigitsEqual = "password.four_digits_equal";
            /// A run such as 1234 or 8765.
            PasswordFourDigitsRun = "password.four_digits_run";
            /// Four digits out of the CPR number.
            PasswordFourDigitsCpr = "password.four_digits_cpr";
            /// Stands on the list of passwords that everybody tries first.
            PasswordCommon = "password.common";
            /// No activation password typed.
            ActivationRequired = "activation.required";
            /// The one answer for an unknown user-ID and an activation password that is wrong, used, void, over or closed for a time.
            ActivationFailed = "activation.failed";
            /// The first use took too long, or what it rested on has changed.
            ActivationExpired = "activation.expired";
            /// The rules were not accepted.
            TermsRequired = "terms.required";
            /// No number of a key card typed.
            KeycardNumberRequired = "keycard.number_required";
            /// The present password was asked for and is another one.
            PasswordOldWrong = "password.old_wrong";
            /// The two new ones differ.
            PasswordDiffers = "password.differs";
            /// The new one is the present one.
            PasswordUnchanged = "password.unchanged";
            /// So many names were taken that no more are tried today.
            UserIdTooMany = "user_id.too_many";
            /// A CPR number is a user-ID only of a person with one eID.
            UserIdCpr = "user_id.cpr";
            /// Not an e-mail address.
            EmailFormat = "email.format";
            /// The address was typed twice, and differently.
            EmailDiffers = "email.differs";
            /// Not a telephone number.
            PhoneFormat = "phone.format";
            /// A page of the person's own, and nobody is logged in.
            OwnLogIn = "own.log_in";
            /// The log-in is too old for what was asked: the person proves themself again.
            OwnAgain = "own.again";
            /// There is nothing of that kind (any more).
            OwnNothing = "own.nothing";
            /// No code was typed for a new address.
            ContactCodeRequired = "contact.code_required";
            /// Another code than the one that was sent to the address.
            ContactCodeWrong = "contact.code_wrong";
            /// Too many codes were asked for, or too many were wrong.
            ContactTooMany = "contact.too_many";
            /// It was to be confirmed by a tick.
            OwnConfirm = "own.confirm";
            /// A text that was agreed to is another by now.
            OwnTextChanged = "own.text_changed";
            /// The request cannot be understood.
            RequestMalformed = "request.malformed";
            /// The request does not fit.
            RequestTooLarge = "request.too_large";
            /// The request did not arrive in time.
            RequestTooSlow = "request.too_slow";
            /// Nobody we know by that name.
            RequestUnknownParty = "request.unknown_party";
            /// Not an address registered for this party.
            RequestRedirectUri = "request.redirect_uri";
            /// A parameter was given twice.
            RequestDuplicate = "request.duplicate";
            /// The request was answered before.
            RequestReplayed = "request.replayed";
            /// For the moment we cannot answer; try again later (503).
            RequestUnavailable = "request.unavailable";
            /// No such page.
            RequestNotFound = "request.not_found";
            /// The page does not take this method.
            RequestMethod = "request.method";
            /// The card's state does not allow it.
            KeycardState = "keycard.state";
            /// The card's time is over.
            KeycardExpired = "keycard.expired";
            /// A card is ordered or on its way, and none is in use.
            KeycardOnItsWay = "keycard.on_its_way";
            /// So many unused cards are there that no more may be ordered.
            KeycardEnough = "keycard.enough";
            /// The last card was blocked: another one takes a proof of identity (M23).
            KeycardProof = "keycard.proof";
            /// Not a number of codes at which a new card may be ordered.
            KeycardThreshold = "keycard.threshold";
            /// No card with that number.
            KeycardNotFound = "keycard.not_found";
            /// The officers' API was called without an access token that lives.
            RaToken = "ra.token";
            /// The access token is not for the officers' API.
            RaScope = "ra.scope";
            /// No officer's assertion came, or one that does not hold.
            RaAssertion = "ra.assertion";
            /// The officer's assertion was used before.
            RaReplayed = "ra.replayed";
            /// The officer's role does not allow it, or the RA may not give that role.
            RaRole = "ra.role";
            /// Nobody acts in their own case.
            RaOwnCase = "ra.own_case";
            /// No such person, eID or thing, or none of this RA's.
            RaNotFound = "ra.not_found";
            /// No reason, or one that holds somebody's number.
            RaReason = "ra.reason";
            /// An act came without an `Idempotency-Key`.
            RaKeyMissing = "ra.key_missing";
            /// The `Idempotency-Key` stands for another act.
            RaKeyReused = "ra.key_reused";
            /// Too many calls of this RA or officer.
            RaTooMany = "ra.too_many";
            /// Nothing shows who the person is, or nothing that this role may take for it.
            RaProof = "ra.proof";
            /// About this person nobody may be asked, or not by this role.
            QuestionsUnfit = "questions.unfit";
            /// The register knows too little to ask.
            QuestionsFew = "questions.few";
            /// So many rounds were not passed that it is a document now, or another day.
            QuestionsRest = "questions.rest";
            /// The round is over.
            QuestionsOver = "questions.over";
            /// A register does not answer.
            RegisterUnavailable = "register.unavailable";
            /// The state of the eID does not allow it.
            EidState = "eid.state";
            /// The state of the password does not allow it.
            PasswordState = "password.state";
            /// The eID has no certificate that counts.
            CertificateNone = "certificate.none";
            /// Nothing has changed that a certificate is renewed for.
            CertificateNothingNew = "certificate.nothing_new";
            /// No party with that id.
            PartyUnknown = "party.unknown";
            /// What was shown does not prove who it is, or not by this way.
            ProofingDocuments = "proofing.documents";
            /// A document that is not on the list in force.
            ProofingDocumentNotAccepted = "proofing.document_not_accepted";
            /// A document that is no longer valid.
            ProofingDocumentExpired = "proofing.document_expired";
            /// The last day of a document is to be told.
            ProofingLastDay = "proofing.last_day";
            /// Nobody is visited who can order online.
            ProofingHomeVisit = "proofing.home_visit";
            /// A paper that is too old, or whose age is not known.
            ProofingDocumentTooOld = "proofing.document_too_old";
            /// A foreign document without the yellow health card beside it.
            ProofingHealthCard = "proofing.health_card";
            /// Nothing that was shown bears the CPR number.
            ProofingCprNotShown = "proofing.cpr_not_shown";
            /// One paper without a photo is not enough.
            ProofingSecondPaper = "proofing.second_paper";
            /// The papers are of one kind.
            ProofingPapersAlike = "proofing.papers_alike";
            /// None of the papers is a health card, baptism certificate or name certificate.
            ProofingPaperAnchor = "proofing.paper_anchor";
            /// Whoever has been in the country only a short time needs a witness.
            ProofingWitness = "proofing.witness";
            /// Not online: in person.
            ProofingInPerson = "proofing.in_person";
            /// Under the age that is asked for.
            ProofingTooYoung = "proofing.too_young";
            /// Public use asks for a CPR number.
            ProofingNoCpr = "proofing.no_cpr";
            /// Residence is still being decided.
            ProofingResidencePending = "proofing.residence_pending";
            /// Dead or disappeared, as the register says.
            ProofingPersonEnded = "proofing.person_ended";
            /// The register knows nobody by that CPR number.
            ProofingUnknownPerson = "proofing.unknown_person";
            /// Whoever was named cannot be a witness.
            ProofingWitnessUnfit = "proofing.witness_unfit";
            /// Somebody else decides for the person, and did not come along.
            ProofingGuardian = "proofing.guardian";
            /// The person has an eID already.
            OrderHasEid = "order.has_eid";
            /// The bank calls another person so.
            OrderCustomerTaken = "order.customer_taken";
            /// The rules and each of the consents in force must be accepted.
            OrderConsents = "order.consents";
            /// No address is known to which letters could go.
            OrderNoAddress = "order.no_address";
            /// Not a way by which this could be handed over.
            OrderDelivery = "order.delivery";
            /// The pages were left too long, or begun in another browser.
            OrderExpired = "order.expired";
            /// So many orders wait for the registers that no more are taken now (503).
            OrderFull = "order.full";
            /// Too many orders from one place, or too many documents of one person, in a day.
            OrderTooMany = "order.too_many";
            /// The CPR number is not that of whoever has logged in.
            OrderNotYours = "order.not_yours";
            /// No kind of document chosen.
            DocumentKind = "document.kind";
            /// Not a number that such a document could have.
            DocumentNumber = "document.number";
            /// The register does not know the number as this person's, or it was reported lost.
            DocumentNotConfirmed = "document.not_confirmed";
            /// What an officer has ended, an officer alone begins again.
            PublicUseOfficer = "public_use.officer";
        }
    };
}
