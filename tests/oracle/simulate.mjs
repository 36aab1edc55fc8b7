// Judges requests by trust policies with @cloud-copilot/iam-simulate.
// stdin: JSON [{name, role, trust, principal, action, context, identityPolicies}]
// stdout: JSON [{name, result, ignored, errors}], in order

import { createValidatedPolicy, validateTrustPolicy } from '@cloud-copilot/iam-policy'
import { runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const account = (arn) => arn.split(':')[4]

function simulation({ role, trust, principal, action, context, identityPolicies = [] }) {
  return {
    request: {
      principal,
      action,
      resource: { resource: role, accountId: account(role) },
      contextVariables: context,
    },
    identityPolicies: identityPolicies.map((policy) => ({ name: 'own', policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: createValidatedPolicy(trust, validateTrustPolicy, { name: 'trust' }),
  }
}

async function judge(test) {
  const errors = validateTrustPolicy(test.trust)
  if (errors.length > 0) {
    return { result: 'Invalid', ignored: [], errors }
  }
  // The keys of an OIDC provider are in no list of keys, and runSimulation would drop them from the request.
  if (test.action.endsWith('WebIdentity')) {
    return { result: runUnsafeSimulation(simulation(test), {}), ignored: [], errors: [] }
  }
  const run = await runSimulation(simulation(test), {})
  if (run.resultType === 'error') {
    return { result: 'Error', ignored: [], errors: run.errors }
  }
  return { result: run.overallResult, ignored: run.result.ignoredContextKeys ?? [], errors: [] }
}

let input = ''
for await (const chunk of process.stdin) {
  input += chunk
}
const results = []
for (const test of JSON.parse(input)) {
  results.push({ name: test.name, ...(await judge(test)) })
}
process.stdout.write(JSON.stringify(results))
