"""Put the apps' routers together."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from kizuna.core.inbound.api import router as inbound
from kizuna.core.members.api import router as members
from kizuna.core.privacy.api import router as privacy
from kizuna.core.search.api import router as search
from kizuna.engagement.discussions.api import router as discussions
from kizuna.engagement.surveys.api import router as surveys
from kizuna.engagement.testimonials.api import router as testimonials
from kizuna.interfaces.api.description import DescribedAPI
from kizuna.interfaces.api.parsing import ReadAtTheEntrance
from kizuna.interfaces.api.problems import handle_with_problems
from kizuna.interfaces.webhooks.api import router as webhooks
from kizuna.success.answering.api import router as answering
from kizuna.success.calls.api import router as calls
from kizuna.success.customers.api import router as customers
from kizuna.success.effort.api import router as effort
from kizuna.success.encounters.api import router as encounters
from kizuna.success.imports.api import router as imports
from kizuna.success.inbox.api import router as inbox
from kizuna.success.mailbox.api import router as mailbox
from kizuna.success.service.api import router as service
from kizuna.success.tasks.api import router as tasks


class Token(HttpBearer):
    """Says in the description how to sign in. The entrance has recognised the viewer before."""

    def authenticate(self, request: HttpRequest, token: str) -> str:
        return token


api = DescribedAPI(
    title="Kizuna",
    version="1",
    description="Topics, posts, members, customers and tasks of one community, as the token's member may see them.",
    auth=Token(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
    parser=ReadAtTheEntrance(),
)
handle_with_problems(api)
api.add_router("", search)
api.add_router("", discussions)
api.add_router("", members)
api.add_router("", testimonials)
api.add_router("", customers)
api.add_router("", encounters)
api.add_router("", tasks)
api.add_router("", privacy)
api.add_router("", effort)
api.add_router("", inbox)
api.add_router("", calls)
api.add_router("", answering)
api.add_router("", service)
api.add_router("", surveys)
api.add_router("", imports)
api.add_router("", webhooks)
api.add_router("", mailbox)
api.add_router("", inbound)
