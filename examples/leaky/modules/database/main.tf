variable "login" {
  type = string
}

resource "aws_db_instance" "this" {
  identifier        = "orders"
  engine            = "mysql"
  instance_class    = "db.t4g.micro"
  allocated_storage = 20
  username          = "orders"
  password          = var.login
}

output "address" {
  value = aws_db_instance.this.address
}
