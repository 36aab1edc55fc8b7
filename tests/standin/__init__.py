"""A stand-in for what a real control plane has beside it: a kubelet, and provider-aws and provider-gcp over emulated clouds.

It runs as one process beside a real API server and Crossplane's core: `python -m tests.standin --kubeconfig FILE --journal FILE`.

    __main__      options, and the tasks that run
    existing      options that put things into the clouds which nobody manages
    behaviour     the list of what it does, and who says that the real one does so; behaviour_clusters, behaviour_google
    scenarios     each row of that list, played without a server
    kube          the shell: watches, a queue, patches; the kubelet
    provider      one pass over a managed resource, as a function of values; a module for each kind, provider-gcp's in `google`
    cloud         the calls and the state of AWS, in `google` of Google Cloud, and the journal from which the state is rebuilt

Imports run downward; `cloud` and `provider` know nothing of the API server, and are told what time it is. A new kind is a module in
`provider` and a line in `provider/kinds.py`; a new call is a method of a service in `cloud` that has its name. A new kind of members
of Google's IAM policies is a row in `provider/google/targets.py`.

Where it is simpler than the real thing: references and selectors are not resolved; every managed policy of AWS itself, every
permissions boundary that is named, and for associations every cluster exists; what EKS says to whoever changes an add-on's
association is not known, and it is changed like any other; quotas are not counted; what changes in the cloud behind a managed
resource's back is seen at its next event, or when the process is sent SIGUSR1, which is one poll: all are looked at once. One
pass does what takes the real provider several; what it writes on the way is written in its order, as the real one's structs
hold it. When the process is killed between a creation and the write of the finalizer, and the managed resource is deleted
meanwhile, the cloud thing stays.

Clusters of both clouds are there when an option says so, are only looked at, and show no more than a catalogue of them asks for.
Every add-on exists, in every version; what it installs is not played, nor are its associations (podIdentityAssociation) and its
conflicts with what is on the cluster. After a restart the real provider looks for an add-on where the spec says, and not where it was
last seen. An OIDC provider of another account is taken for one that does not exist, and the URLs of none are checked.

In Google Cloud: every resource exists but for service accounts and clusters, and so do roles, users, groups and identity pools; no
policy is inherited; nobody else writes a policy between reading and writing, and a batch is one change. What Terraform waits for when it has
created a service account (ten seconds and more) is `--lag`, of all kinds alike. A service account in a domain-scoped project is
remembered by its id; the real provider takes it for gone when it was restarted, and is refused with 409 from then on. The short names
that Terraform allows KMS's key rings and keys are not understood, and createIgnoreAlreadyExists is not read.
"""
