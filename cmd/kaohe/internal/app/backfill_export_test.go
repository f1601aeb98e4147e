package app

import "context"

// BoundBackfill makes a backfill hold no more series than this.
func (a *App) BoundBackfill(series int) { a.backfill.series = series }

// OccupyBackfill is a backfill that is being made until release.
func (a *App) OccupyBackfill() (release func()) {
	a.backfill.turn <- struct{}{}
	return func() { <-a.backfill.turn }
}

// EndBackfills is what the daemon does when it stops.
func (a *App) EndBackfills() { a.backfill.end() }

// Stopping is done when backfills are to end.
func (a *App) Stopping() context.Context { return a.backfill.ctx }
