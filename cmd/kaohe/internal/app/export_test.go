package app

import (
	"context"
	"net/http"

	"github.com/kaohe/kaohe/events"
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
