"""A form on somebody's page, posted as browsers post forms: a lead, an honest mistake to be told, or a machine's trick.

Form.of(options)            what an administrator set for one form
lead_of(form, posted, ...)  the lead in it; UserProblem in words for the visitor
trapped(posted)             whether the field nobody sees was filled in
"""

from oarlock.connectors.forms.reading import TRAP, Form, lead_of, trapped

__all__ = ["TRAP", "Form", "lead_of", "trapped"]
