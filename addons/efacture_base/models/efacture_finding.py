from odoo import fields, models

SEVERITIES = [("fatal", "To fix"), ("warning", "To look at"), ("info", "Good to know")]


class EfactureFinding(models.Model):
    """Something found when an invoice was checked: what, where, and the door to the field to fix."""

    _name = "efacture.finding"
    _description = "Invoice Check Finding"
    _order = "move_id, sequence, id"
    _rec_name = "message"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    severity = fields.Selection(SEVERITIES, required=True)
    rule = fields.Char(help="The public identifier of the rule.")
    term = fields.Char(string="Business term", help="Of the European standard EN 16931.")
    term_label = fields.Char(string="About")
    message = fields.Text(string="What is wrong", required=True)
    source = fields.Char(string="Rule set")
    location = fields.Char(string="Place in the file")
    fix_model = fields.Char(string="Model to fix")
    fix_id = fields.Many2oneReference(model_field="fix_model", string="Record to fix")
    fix_field = fields.Char(string="Field to fix")
    fix_label = fields.Char(string="Where to fix it")

    def action_open_fix(self):
        """Open the record where this is put right."""
        self.ensure_one()
        return self.move_id._efacture_fix_action(self.fix_model, self.fix_id, self.fix_field)
