package intake

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/kaohe/kaohe/events"
)

// PlanRecord is the plan by which the intake checks events, as it goes into the log: there the figures of any day can be
// had by the plan that was in force.
type PlanRecord struct {
	Hash    string // empty: nothing is recorded
	Archive []byte // the plan's files
	// InForce returns the hash of the plan that the log holds last, of all that the State has read; ok is false if it
	// holds none.
	InForce func() (hash string, ok bool)
}

// validate is asked for the longest event that records the plan, so that a plan that fits once fits always.
func (r *PlanRecord) validate(in *Intake) error {
	switch {
	case r.Hash == "":
		return nil
	case len(r.Archive) == 0 || r.InForce == nil:
		return errors.New("intake: Options.Plan has a hash, but no archive or no InForce")
	case in.planOrg() == "":
		return errors.New("intake: Options.Plan cannot be recorded: the plan has no org")
	}
	e := in.planEvent(math.MaxUint64)
	if size := events.BatchSize(1, len(e.AppendLine(nil))); size > events.MaxCommit {
		return fmt.Errorf("intake: Options.Plan: the plan's archive of %d bytes makes a commit of %d bytes, at most %d are allowed; shorten the plan's files",
			len(r.Archive), size, events.MaxCommit)
	}
	return nil
}

// planOrg is the unit in whose name the plan is recorded: the default one, else the first root of the tree.
func (in *Intake) planOrg() string {
	if in.DefaultOrg != "" {
		return in.DefaultOrg
	}
	for i := range in.Orgs.Len() {
		if in.Orgs.Depth(i) == 0 {
			return in.Orgs.Org(i).Code
		}
	}
	return ""
}

// planEvent is the event that brings the plan into force as commit seq. A plan may come into force again after another, so
// that the hash alone is no name for it.
func (in *Intake) planEvent(seq uint64) events.Event {
	org := in.planOrg()
	data := append([]byte(`{"archive":"`), base64.StdEncoding.EncodeToString(in.Plan.Archive)...)
	data = append(data, `",`...)
	data = append(appendMember(data, "hash", in.Plan.Hash), '}')
	e := events.Event{
		Type: typePlan, Source: in.sources[org], ID: fmt.Sprintf("plan-%.16s-%d", in.Plan.Hash, seq), Time: midnight(in.today(), in.Zone),
		Org: org, Schema: typePlan + ".v1", Data: data,
	}
	if t, ok := in.Catalogue.Type(typePlan); ok {
		e.Schema = in.schemas[t]
	}
	return e
}

// activate makes the plan the one in force by the log. It returns once that is stored; when another writer was there first
// it looks again.
func (w *writer) activate(ctx context.Context) error {
	for w.Plan.Hash != "" {
		if hash, ok := w.Plan.InForce(); ok && hash == w.Plan.Hash {
			return nil
		}
		err := w.recordPlan(ctx)
		if !errors.Is(err, events.ErrMoved) {
			return err
		}
		w.metrics.moved.Inc()
		if err := w.sync(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) recordPlan(ctx context.Context) error {
	e := w.planEvent(w.head.Seq + 1)
	for n := w.head.Seq + 2; ; n++ { // past ids that somebody else has used
		if _, taken := w.IDs.Lookup(e.Key()); !taken {
			break
		}
		e.ID = w.planEvent(n).ID
	}
	b := newBatch(1)
	b.alone = true
	b.put(e.Key(), e.AppendLine(nil))
	if err := w.append(ctx, b); err != nil {
		return err
	}
	w.Logger.LogAttrs(ctx, slog.LevelInfo, "plan recorded", slog.String("hash", w.Plan.Hash), slog.String("position", events.At(w.head.Seq, 0).String()))
	return nil
}
