// Package e2e runs what an operator runs: the program with the demo, a real Prometheus and a real Alertmanager with the
// configurations that deploy/ ships, and a receiver of webhooks. It shows what the alerts and dashboards come to when
// nothing is simulated: which alerts fire and which are kept back, that facts resolve them, that a killed daemon is
// noticed, that every panel has data, and that history can be had by a Prometheus that was not there.
//
// The run takes a minute instead of days, so times are shortened, and what stands for the world outside (ports, receivers) is
// replaced. Both is done by a checked substitution: a list of edits is made to a file, then what was written is read
// again and held against what is shipped, and any difference that no edit allows fails the run. See edit_test.go.
//
// ./run needs Prometheus and Alertmanager. `go test ./deploy/e2e` without -kaohe tests the substitution alone.
package e2e
