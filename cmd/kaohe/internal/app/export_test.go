package app

import (
	"context"
	"net"
	"net/http"
	"reflect"
	"slices"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/natslog"
	"github.com/kaohe/kaohe/projections"
)

// Assemble opens the log and puts the parts together, without letting any of them work: the daemon at the moment before it
// begins to read.
func (a *App) Assemble(ctx context.Context) (http.Handler, error) { return a.assemble(ctx) }

// Follow lets the runner read the log.
func (a *App) Follow() { a.run("runner", a.runner.Run) }

// Await returns once the view includes a commit.
func (a *App) Await(ctx context.Context, seq uint64) error { return a.awaitFigures(ctx, seq) }

// Unfollow stops the runner as if it were stuck: the daemon does not count it as failed.
func (a *App) Unfollow() {
	for _, r := range a.runs {
		if r.name == "runner" {
			r.end()
			<-r.done
		}
	}
}

// Append puts a body into the log past the intake, after a head.
func (a *App) Append(ctx context.Context, head events.Head, body string) (events.Commit, error) {
	return a.log.Append(ctx, head, "foreign", []byte(body))
}

// Head is how far the fold has come.
func (a *App) Head() events.Head { return a.runner.View().Head() }

// Quarantine lists what could not be used.
func (a *App) Quarantine() []projections.Quarantined { return a.runner.Quarantine() }

// SetWrap puts something between the log's server and its connections.
func SetWrap(o *Options, wrap func(natslog.Role, net.Conn) net.Conn) { o.wrap = wrap }

// Patterns lists the paths that are answered over HTTP, with their methods, as the router knows them. It has no way to ask for
// them, so they are taken out of its index.
func (a *App) Patterns() (list []string) {
	index := reflect.ValueOf(a.paths).Elem().FieldByName("index")
	seen := map[string]bool{}
	add := func(patterns reflect.Value) {
		for i := range patterns.Len() {
			if p := patterns.Index(i).Elem().FieldByName("str").String(); !seen[p] {
				seen[p], list = true, append(list, p)
			}
		}
	}
	for segments := index.FieldByName("segments").MapRange(); segments.Next(); {
		add(segments.Value())
	}
	add(index.FieldByName("multis"))
	slices.Sort(list)
	return list
}

// Handler answers requests as those of clients do.
func (a *App) Handler() http.Handler { return a.server.Handler }
