package natslog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kaohe/kaohe/events"
	"github.com/nats-io/nats.go/jetstream"
)

// maxDeleted bounds how many missing sequences the server is asked to list.
const maxDeleted = 100_000

// finding is what lies in a data directory before the server is started.
type finding struct {
	dir     string
	existed bool // the stream's directory is there
	mark    mark
	markErr error
	created time.Time // of the stream; zero if nobody can tell
	survey  *survey
}

func inspect(ctx context.Context, dir string) (*finding, error) {
	f := &finding{dir: dir}
	var err error
	if f.existed, err = inspectStore(dir); err != nil {
		return nil, err
	}
	f.mark, f.markErr = readMark(dir, headName)
	f.created = streamCreated(dir)
	f.survey, err = surveyBlocks(ctx, dir)
	return f, err
}

// streamCreated reads the identity of the stream where the server keeps it.
func streamCreated(dir string) time.Time {
	var meta struct{ Created time.Time }
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(streamDir), "meta.inf"))
	if err != nil || json.Unmarshal(b, &meta) != nil {
		return time.Time{}
	}
	return meta.Created
}

// damage says what the files alone tell; nil if nothing is wrong with them.
func (f *finding) damage() *DamageError {
	if !f.existed && exists(f.markErr) {
		var g gaps
		g.add(1, f.mark.seq)
		return &DamageError{Dir: f.dir, Reason: streamDir + " is gone", Missing: g.ranges, Lost: g.lost, Last: f.mark.seq}
	}
	if e := f.survey.damage(f.dir, f.mark.seq); e != nil {
		return e
	}
	return f.stranger(f.created)
}

// stranger compares the stream's identity with the one on file.
func (f *finding) stranger(created time.Time) *DamageError {
	if f.markErr != nil || created.IsZero() || created.Equal(f.mark.created) {
		return nil
	}
	return &DamageError{Dir: f.dir, Last: f.mark.seq, Reason: fmt.Sprintf("another log has been put in its place, begun %s, not %s",
		created.UTC().Format(time.DateTime+".000"), f.mark.created.Format(time.DateTime+".000"))}
}

// verify compares what the server has recovered with what was there. Nothing can be deleted from the log, so as many
// messages must be there as were ever stored.
func (l *Log) verify(ctx context.Context, f *finding) error {
	info := l.stream.CachedInfo()
	if e := f.stranger(info.Created); e != nil {
		return e
	}
	last := max(info.State.LastSeq, f.mark.seq, f.survey.last)
	if info.State.Msgs != last {
		return l.missing(ctx, last)
	}
	if last == 0 {
		return nil
	}
	_, err := l.Get(ctx, last)
	if errors.Is(err, events.ErrNotFound) {
		return &DamageError{Dir: f.dir, Reason: "the last commit cannot be read", Missing: []Range{{last, last}}, Lost: 1, Last: last}
	}
	return err
}

// missing asks the server for the sequences that it has lost.
func (l *Log) missing(ctx context.Context, last uint64) error {
	var opts []jetstream.StreamInfoOpt
	if l.stream.CachedInfo().State.NumDeleted <= maxDeleted {
		opts = append(opts, jetstream.WithDeletedDetails(true))
	}
	info, err := l.stream.Info(ctx, opts...)
	if err != nil {
		return fmt.Errorf("ask for what is missing: %w", err)
	}
	e := &DamageError{Dir: l.opts.Dir, Reason: "the server has lost commits", Last: last, Lost: last - min(info.State.Msgs, last)}
	var g gaps
	if info.State.Msgs == 0 {
		g.add(1, last)
	} else if len(info.State.Deleted) == info.State.NumDeleted {
		g.add(1, info.State.FirstSeq-1)
		slices.Sort(info.State.Deleted)
		for _, seq := range info.State.Deleted {
			g.add(seq, seq)
		}
		g.add(info.State.LastSeq+1, last)
	}
	e.Missing = g.ranges
	return e
}
