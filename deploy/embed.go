// Package deploy holds what an operator puts in place, compiled into the program so that one binary is enough: the
// default plan of a district science and technology bureau (units, event types, indicators) and the demo, the first
// quarter of 2018 of one such bureau as events.
//
// The files are made to be read and edited: `kaohe init DIR` writes them out, `kaohe check DIR` lists the mistakes of an
// edited copy, and `--plan DIR` uses it in place of the one in here.
package deploy

import (
	"embed"
	"io/fs"
)

//go:embed all:plan
var files embed.FS

// Plan returns the default plan: plan.yaml, orgs.yaml, indicators.yaml, the schemas in events/ and the demo in demo/.
func Plan() fs.FS { return sub("plan") }

// Demo returns the demo's events, one structured CloudEvent a line: facts.ndjson, all of them said by the bureau's own
// summary, and targets.ndjson, invented for illustration because the summary states none.
func Demo() fs.FS { return sub("plan/demo") }

func sub(dir string) fs.FS {
	below, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // only an invalid path is an error, and ours are constants
	}
	return below
}
