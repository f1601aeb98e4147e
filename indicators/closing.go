package indicators

import (
	"cmp"
	"encoding/json"
	"errors"

	"github.com/kaohe/kaohe/events"
)

// Closed says that the figures of a unit's quarter were handed in: what was published then stays beside what is known now.
// It is the last closing of several.
type Closed struct {
	Revision int             // how often the quarter was closed: 1 the first time
	At       events.Position // of the closing
	Through  uint64          // the last commit that the published figures include
	Day      events.Day      // when the quarter was closed
	AsOf     events.Day      // the last day that the published figures include
	Cutoff   events.Day      // the day that was asked for; 0 if none was
	Plan     string          // hash of the plan that they were made by
	Reason   string
	By       string // who closed it: the principal, or else the source
	// Unreadable says that the scorecard recorded then cannot be read by this version; no row has a Published then.
	Unreadable bool
	// Gone are the indicators that were published and that the plan no longer has.
	Gone []GoneIndicator
}

// GoneIndicator is an indicator of a published scorecard that has no row any more.
type GoneIndicator struct {
	ID   string      `json:"id"`
	Name events.Text `json:"name"`
}

// Published is an indicator's part of the scorecard that was handed in, as it was recorded.
type Published struct {
	Quarter *Figure `json:"quarter"`
	Year    *Figure `json:"year"`
}

// closing lays what was published, if the quarter was closed, beside the figures of a scorecard.
func (e *evaluation) closing(card *Scorecard) {
	closings := e.view.Closings(e.org, e.quarter.Year, e.quarter.N)
	if len(closings) == 0 {
		return
	}
	last := &closings[len(closings)-1]
	card.Closed = &Closed{
		Revision: len(closings), At: last.At, Through: last.Through, Day: last.Day, AsOf: last.AsOf, Cutoff: last.Cutoff,
		Plan: last.Plan, Reason: last.Reason, By: cmp.Or(last.Principal, last.Source),
	}
	rows, err := readPublished(last.Scorecard)
	if card.Closed.Unreadable = err != nil; err != nil {
		return
	}
	comparable := card.AsOf >= last.AsOf // an earlier day has other figures without anything having been restated
	for i := range rows {
		row, ok := card.Row(rows[i].ID)
		if !ok {
			card.Closed.Gone = append(card.Closed.Gone, GoneIndicator{rows[i].ID, rows[i].Name})
			continue
		}
		row.Published = &rows[i].Published
		row.Restated = comparable && row.restated()
	}
}

// publishedRow is what is read of a row of a recorded scorecard.
type publishedRow struct {
	ID   string      `json:"id"`
	Name events.Text `json:"name"`
	Published
}

var errNoRows = errors.New("the scorecard has no indicators")

// readPublished reads a recorded scorecard. Closings are for ever, so that it may be one of another version: what it says
// beyond the figures does not matter.
func readPublished(scorecard []byte) ([]publishedRow, error) {
	var card struct {
		Rows []publishedRow `json:"indicators"`
	}
	if err := json.Unmarshal(scorecard, &card); err != nil {
		return nil, err
	}
	if card.Rows == nil {
		return nil, errNoRows
	}
	return card.Rows, nil
}

// restated reports whether the quarter's or the year's value is another one than was published.
func (r *Row) restated() bool {
	return differs(r.Quarter, r.Published.Quarter) || differs(r.Year, r.Published.Year)
}

// differs compares two values as they are written: a closing records them with their decimals in JSON.
func differs(now, then *Figure) bool {
	if now == nil || then == nil {
		return now != then
	}
	return now.Value.String() != then.Value.String()
}

// ToPublish returns what a closing records of the scorecard: the figures without what earlier closings published.
func (s *Scorecard) ToPublish() *Scorecard {
	bare := *s
	bare.Closed, bare.Rows = nil, append([]Row(nil), s.Rows...)
	for i := range bare.Rows {
		bare.Rows[i].Published, bare.Rows[i].Restated = nil, false
	}
	return &bare
}
