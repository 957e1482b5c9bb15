"""How tests are dealt out to the processes of pytest-xdist, and what becomes of a lost one's."""

from xdist.scheduler import LoadScopeScheduling


class Dealing(LoadScopeScheduling):
    """Deals out notebooks and files of tests as a whole, and the tests of some files one by one.

    These files are named in the setting ``deal_singly``; their tests share nothing. If a process is
    lost, the test that it ran fails, and what it had not run goes to the others, or to a new one.
    """

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return nodeid if file in self.config.getini("deal_singly") else file

    def remove_node(self, node):
        """Take back what a lost process had not run; return the test that it ran, or None."""
        units = self.assigned_work.pop(node)
        if self.collection is None:  # nothing has been dealt out: a new process takes its place
            return None
        lost = next((id for unit in units.values() for id, done in unit.items() if not done), None)
        for scope, unit in units.items():
            if lost in unit:
                unit[lost] = True
            if not all(unit.values()):
                self.workqueue[scope] = unit
        for other in self.nodes:
            self._reschedule(other)
        return lost

    def _reschedule(self, node):
        if node not in self.registered_collections:  # it still collects; then it is asked again
            return
        # A process runs a test only when it knows the next one, or that there is none.
        while self.workqueue and not node.shutting_down:
            if self._pending_of(self.assigned_work[node]) >= 2:
                return
            self._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()
