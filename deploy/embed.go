// Package deploy holds what an operator puts in place, compiled into the program so that one binary is enough: the
// default plan of a district science and technology bureau (units, event types, indicators) and the demo, the first
// quarter of 2018 of one such bureau as events, and the monitoring and the ways to run it around it.
//
// The files are made to be read and edited: `kaohe init DIR` writes the plan out, `kaohe check DIR` lists the mistakes of an
// edited copy, and `--plan DIR` uses it in place of the one in here. `kaohe init --deploy DIR` writes the rest out.
package deploy

import (
	"embed"
	"io/fs"
)

//go:embed all:plan
var files embed.FS

//go:embed README.md runbook.md prometheus/prometheus.yml prometheus/rules alertmanager/*.yml alertmanager/templates
//go:embed grafana/kustomization.yaml grafana/dashboards grafana/provisioning
//go:embed nats/*.conf nats/README.md systemd/*.service systemd/*.env systemd/*.sysusers systemd/kaohe.service.d kubernetes/*.yaml
var operation embed.FS

// Plan returns the default plan: plan.yaml, orgs.yaml, indicators.yaml, the schemas in events/ and the demo in demo/.
func Plan() fs.FS { return sub("plan") }

// Demo returns the demo's events, one structured CloudEvent a line: facts.ndjson, all of them said by the bureau's own
// summary, and targets.ndjson, invented for illustration because the summary states none.
func Demo() fs.FS { return sub("plan/demo") }

// Operation returns what is put in place around the program: the rules and alerts of Prometheus, the configuration of
// Alertmanager, dashboards, units of systemd, manifests for Kubernetes, the configuration of a NATS cluster, and the runbook.
// What builds an image is not among it, for that wants the source.
func Operation() fs.FS { return operation }

func sub(dir string) fs.FS {
	below, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // only an invalid path is an error, and ours are constants
	}
	return below
}
