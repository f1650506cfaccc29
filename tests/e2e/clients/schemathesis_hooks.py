"""What schemathesis sends to Millrace."""
import re

import schemathesis

CONTROL = re.compile('[\x00-\x1f\x7f]|%[01][0-9A-Fa-f]|%7[Ff]')


@schemathesis.hook
def before_call(context, case, kwargs):
    """Control characters in a path are refused before the API sees them, as by Jetty: with a page of HTML, or nothing. /openapi.json tells of neither."""
    case.path_parameters = {name: CONTROL.sub('_', str(value)) for name, value in (case.path_parameters or {}).items()}
