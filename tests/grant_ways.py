"""The two ways to take a request from draft to return: by program, and on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.test import Client
from rest_framework.test import APIClient

from dcim.record.people.account import User
from dcim.record.planner.allocations import Allocation
from dcim.record.planner.plans import Plan
from dcim.record.planner.requests import AllocationRequest
from dcim.vocabulary.amounts import Amounts
from dcim.web.values.addresses import page_of
from tests.api.clients import client_of

PLANNER: Final = "/api/plugins/planner"
Lines = Mapping[int, Amounts]
Letter = Mapping[str, str]


class ByApi:
    """Deeds as a program does them; each answers with the status and the text it got."""

    def __init__(self) -> None:
        self.clients: dict[int, APIClient] = {}

    def draft(self, user: User, plan: Plan) -> tuple[int, str]:
        """The ask of a plan as a request."""
        return self._post(user, f"{PLANNER}/plans/{plan.pk}/draft-request/", {})

    def take(
        self, user: User, request: AllocationRequest, deed: str, lines: Lines, given: Letter
    ) -> tuple[int, str]:
        """A step of a request, with amounts by the ids of lines."""
        rows = [
            {
                "id": pk,
                "vcpus": one.vcpus,
                "memory_mib": one.memory_mib,
                "storage_gib": one.storage_gib,
            }
            for pk, one in lines.items()
        ]
        body = {**given, **({"lines": rows} if rows else {})}
        return self._post(user, f"{PLANNER}/allocation-requests/{request.pk}/{deed}/", body)

    def draw(self, user: User, machine: Mapping[str, Any]) -> tuple[int, str]:
        """A machine on a grant."""
        return self._post(user, "/api/virtualization/virtual-machines/", machine)

    def ask_change(
        self, user: User, values: Mapping[str, Any], asked: Amounts
    ) -> AllocationRequest:
        """A request for another size, with one line."""
        status, text = self._post(user, f"{PLANNER}/allocation-requests/", values)
        assert status == 201, text
        request = AllocationRequest.objects.get(number=values["number"])
        line = {"request": request.pk, "vcpus": asked.vcpus, "memory_mib": asked.memory_mib}
        line["storage_gib"] = asked.storage_gib
        status, text = self._post(user, f"{PLANNER}/request-lines/", line)
        assert status == 201, text
        return request

    def renew(self, user: User, grant: Allocation, until: str) -> tuple[int, str]:
        """The draft that lets a grant go on."""
        path = f"{PLANNER}/allocations/{grant.pk}/renew/"
        return self._post(user, path, {"valid_until": until})

    def give_back(self, user: User, grant: Allocation, given: Letter) -> tuple[int, str]:
        """The grant goes."""
        return self._post(user, f"{PLANNER}/allocations/{grant.pk}/return/", given)

    def word(self, user: User, grant: Allocation) -> str:
        """What confirms that it was seen who is hit."""
        found = self._client(user).get(f"{PLANNER}/allocations/{grant.pk}/return/")
        return str(found.json()["confirm"])

    def _client(self, user: User) -> APIClient:
        return self.clients.setdefault(user.pk, client_of(user))

    def _post(self, user: User, path: str, body: Any) -> tuple[int, str]:
        answer = self._client(user).post(path, body, format="json")
        return answer.status_code, answer.content.decode()


def proposed_by(form: Any) -> dict[str, Any]:
    """What a page's form holds before anyone has typed."""
    return {one.html_name: one.value() for one in form if one.value() is not None}


class ByPages:
    """Deeds as people do them, with the names that the forms bear; memory in GiB."""

    def __init__(self) -> None:
        self.clients: dict[int, Client] = {}

    def draft(self, user: User, plan: Plan) -> tuple[int, str]:
        """The one click on a plan's page."""
        return self._post(user, f"{page_of(plan)}draft-request/", {})

    def take(
        self, user: User, request: AllocationRequest, deed: str, lines: Lines, given: Letter
    ) -> tuple[int, str]:
        """A step's form, filled in over what the page proposes."""
        shown = self._client(user).get(page_of(request))
        form = next((one for one in shown.context["forms"] if one.deed == deed), None)
        filled = {f"{deed}-{name}": value for name, value in given.items()}
        for pk, one in lines.items():
            filled[f"{deed}-vcpus_{pk}"] = str(one.vcpus)
            filled[f"{deed}-memory_mib_{pk}"] = str(one.memory_mib / 1024)
            filled[f"{deed}-storage_gib_{pk}"] = str(one.storage_gib)
        proposed = proposed_by(form) if form is not None else {}
        return self._post(user, f"{page_of(request)}take/{deed}/", {**proposed, **filled})

    def draw(self, user: User, machine: Mapping[str, Any]) -> tuple[int, str]:
        """The form of a machine."""
        path = "/virtualization/virtual-machines/add/"
        proposed = proposed_by(self._client(user).get(path).context["form"])
        sizes = {"memory_mib": machine["memory"], "disk_mb": machine["disk"]}
        return self._post(user, path, {**proposed, **machine, **sizes})

    def ask_change(
        self, user: User, values: Mapping[str, Any], asked: Amounts
    ) -> AllocationRequest:
        """The form of a request, and the table on its page."""
        status, text = self._post(user, "/plugins/planner/allocation-requests/add/", values)
        assert status == 302, text
        request = AllocationRequest.objects.get(number=values["number"])
        row = {
            "lines-TOTAL_FORMS": 1,
            "lines-INITIAL_FORMS": 0,
            "lines-0-environment": "production",
            "lines-0-vcpus": asked.vcpus,
            "lines-0-memory_mib": asked.memory_mib // 1024,
            "lines-0-storage_gib": asked.storage_gib,
        }
        status, text = self._post(user, f"{page_of(request)}lines/", row)
        assert status == 302, text
        return request

    def renew(self, user: User, grant: Allocation, until: str) -> tuple[int, str]:
        """“Let it go on” on the grant's page."""
        body = {"renew-tenant": user.tenant_id, "renew-valid_until": until}
        return self._post(user, f"{page_of(grant)}renew/", body)

    def give_back(self, user: User, grant: Allocation, given: Letter) -> tuple[int, str]:
        """“Give it back” on the grant's page."""
        body = {f"return-{name}": value for name, value in given.items()}
        return self._post(user, f"{page_of(grant)}return/", body)

    def word(self, user: User, grant: Allocation) -> str:
        """The word that the grant's page tells."""
        return str(self._client(user).get(page_of(grant)).context["loss"].confirm)

    def _client(self, user: User) -> Client:
        if user.pk not in self.clients:
            self.clients[user.pk] = Client()
            self.clients[user.pk].force_login(user)
        return self.clients[user.pk]

    def _post(self, user: User, path: str, body: Mapping[str, Any]) -> tuple[int, str]:
        answer = self._client(user).post(path, body)
        return answer.status_code, answer.content.decode()
