# What officers read to people.

question-mother = What is your mother's name?
question-father = What is your father's name?
question-spouse = What is the name of the person you are married to?
question-child = What is the name of one of your children?
question-former-address = On which street have you lived before?
