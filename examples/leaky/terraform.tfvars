role_arn = "arn:aws:iam::123456789012:role/orders"
ami      = "ami-0abc1234def567890"
login    = "kHJ4fake7Axf21"
