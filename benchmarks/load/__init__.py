"""Twelve people at work in one Odoo with two workers, as their browsers would ask: `make load`.

| File            | Concept                                                                  |
|-----------------|--------------------------------------------------------------------------|
| `browser.py`    | a browser: session, forms of pages, and what the web client sends        |
| `form.py`       | a form of the web client: its view, its onchanges, its buttons           |
| `person.py`     | somebody with a login and habits; what counts as an error                |
| `office.py`     | salespeople and the back office                                          |
| `service.py`    | agents, technicians, the manager, the accountant                         |
| `customers.py`  | customers on the portal                                                  |
| `crew.py`       | who they are and how many; without locust and Odoo, for both             |
| `run.py`        | lets them work for a while, and writes down what was measured            |
| `world.py`      | inside Odoo, before: logins, customers with goods and plans              |
| `aftermath.py`  | inside Odoo, afterwards: what must hold                                  |

`tools/load.py` starts and watches the server, and reads its log.
"""
