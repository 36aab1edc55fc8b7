module podidentity.dev/function-pod-identity/tests/engine/core

go 1.26.0

require (
	github.com/crossplane/crossplane/apis/v2 v2.3.4
	github.com/crossplane/crossplane/v2 v2.3.4
)

tool github.com/crossplane/crossplane/v2/cmd/crossplane
