"""A stand-in for what a real control plane has beside it: a kubelet, and the cloud provider over an emulated cloud.

It runs as one process beside a real API server and Crossplane's core: `python -m tests.standin --kubeconfig FILE --journal FILE`.

    __main__      options, and the tasks that run
    existing      options that put things into the cloud which nobody manages
    behaviour     the list of what it does, and who says that the real one does so
    scenarios     each row of that list, played without a server
    kube          the shell: watches, a queue, patches; the kubelet
    provider      one pass over a managed resource, as a function of values; a module for each kind
    cloud         the calls and the state of the cloud, and the journal from which the state is rebuilt

Imports run downward; `cloud` and `provider` know nothing of the API server, and are told what time it is. A new kind is a module in
`provider` and a line in `provider/kinds.py`; new calls are methods of a service in `cloud` and lines in `cloud/calls.py`.

Where it is simpler than the real thing: references and selectors are not resolved; every cluster, every managed
policy of AWS itself and every permissions boundary that is named exists; what EKS says to whoever changes an add-on's association is
not known, and it is changed like any other; quotas are not counted; what changes in the cloud behind a managed resource's back is seen at its next event, since
nothing is polled. One pass does what takes the real provider several, so states that last for a moment are not shown. When the
process is killed between a creation and the write of the finalizer, and the managed resource is deleted meanwhile, the cloud thing
stays.
"""
