package snapshots

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/kaohe/kaohe/events/durable"
)

// Store is a directory of snapshots. It belongs to one process. All methods may be called at any time by any goroutine:
// one file is written at a time, reading waits for nobody.
type Store struct {
	dir  string
	turn chan struct{} // holds a token while a file is written

	mu    sync.Mutex
	files map[Meta]string // names of the files
	flaws map[string]error
}

// Flaw is a file that looks like a snapshot and cannot be used.
type Flaw struct {
	File string // its name in the directory
	Err  error  // [ErrDamaged], [ErrLayout] or what the disk said
}

// errCopy says that a file is a copy of another one under a wrong name.
var errCopy = errors.New("another file holds the same")

// Open makes the directory if there is none and looks what is there. It reads headers only: a snapshot that it lists may
// still turn out to be damaged inside. Files that are no snapshots stay untouched.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a directory for snapshots: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for snapshots: %w", err)
	}
	s := &Store{dir: dir, turn: make(chan struct{}, 1), files: make(map[Meta]string), flaws: make(map[string]error)}
	for _, e := range entries {
		switch name := e.Name(); {
		case !e.Type().IsRegular():
		case strings.HasSuffix(name, temporary):
			if err := os.Remove(s.path(name)); err != nil {
				s.flaws[name] = err
			}
		case strings.HasSuffix(name, suffix):
			s.find(name)
		}
	}
	return s, nil
}

// find adds a file that is there. Of copies it takes the one with the right name.
func (s *Store) find(name string) {
	m, err := inspect(s.path(name))
	if err != nil {
		s.flaws[name] = err
		return
	}
	if other, ok := s.files[m]; ok {
		if other == m.name() {
			other, name = name, other
		}
		s.flaws[other] = errCopy
	}
	s.files[m] = name
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// List returns what looks sound by its header, newest first.
func (s *Store) List() []Meta {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Keys(s.files), func(a, b Meta) int { return cmp.Or(byCommit(a, b), byRest(a, b)) })
}

// byCommit puts the latest first.
func byCommit(a, b Meta) int { return cmp.Compare(b.Head.Seq, a.Head.Seq) }

// byRest gives snapshots of one commit some fixed order.
func byRest(a, b Meta) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Rules, b.Rules), cmp.Compare(b.Layout, a.Layout),
		slices.Compare(a.Head.Hash[:], b.Head.Hash[:]), b.Recorded.Compare(a.Recorded))
}

// Nearest returns the snapshots from which one can go on to commit upTo, the latest first: try them in this order.
func (s *Store) Nearest(k Kind, layout uint32, rules string, upTo uint64) []Meta {
	return slices.DeleteFunc(s.List(), func(m Meta) bool {
		return m.Kind != k || m.Layout != layout || m.Rules != rules || m.Head.Seq > upTo
	})
}

// Flaws returns the files that Open found and that cannot be used, by name, until Prune has removed them.
func (s *Store) Flaws() (flaws []Flaw) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(s.flaws)) {
		flaws = append(flaws, Flaw{name, s.flaws[name]})
	}
	return flaws
}

// Save writes a snapshot that is durable when Save returns, and replaces one of the same kind, plan and commit. The
// payload must not change meanwhile. After an error everything is as it was before.
func (s *Store) Save(ctx context.Context, m Meta, payload []byte) error {
	if err := m.check(); err != nil {
		return fmt.Errorf("save snapshot: %w", err)
	}
	m = m.normal()
	if err := s.save(ctx, m, payload); err != nil {
		return fmt.Errorf("save snapshot %q: %w", s.path(m.name()), err)
	}
	return nil
}

func (s *Store) save(ctx context.Context, m Meta, payload []byte) error {
	if len(payload) > MaxPayload {
		return fmt.Errorf("it has %d bytes, at most %d are allowed", len(payload), MaxPayload)
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := writeFile(ctx, s.path(m.name()+".tmp"), m, payload); err != nil {
		return err
	}
	if err := s.put(m); err != nil {
		return err
	}
	return durable.SyncDir(s.dir)
}

// put gives a file that was written its name.
func (s *Store) put(m Meta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := m.name()
	if err := os.Rename(s.path(name+".tmp"), s.path(name)); err != nil {
		return errors.Join(err, os.Remove(s.path(name+".tmp")))
	}
	maps.DeleteFunc(s.files, func(_ Meta, other string) bool { return other == name })
	delete(s.flaws, name)
	s.files[m] = name
	return nil
}

// Load returns the payload of a snapshot, whole and verified, and how many bytes it read for it. Otherwise the error is
// [ErrDamaged], [ErrLayout], [fs.ErrNotExist] or what the disk said, and another snapshot may still be good.
func (s *Store) Load(m Meta) (payload []byte, read int64, err error) {
	m = m.normal()
	s.mu.Lock()
	name, ok := s.files[m]
	s.mu.Unlock()
	if !ok {
		return nil, 0, fmt.Errorf("load snapshot of commit %d: %w", m.Head.Seq, fs.ErrNotExist)
	}
	payload, read, err = readFile(s.path(name), m)
	if err != nil {
		return nil, 0, fmt.Errorf("load snapshot %q: %w", s.path(name), err)
	}
	return payload, read, nil
}

// Drop removes a snapshot that was found damaged or not of this log. It does not set the file aside: all that could be
// learned from it stands in the log, and a directory that collects what is broken fills the disk of the log some day.
func (s *Store) Drop(m Meta) error {
	m = m.normal()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop(m)
}

// drop is for a caller who has mu.
func (s *Store) drop(m Meta) error {
	name, ok := s.files[m]
	if !ok {
		return nil
	}
	if err := s.remove(name); err != nil {
		return err
	}
	delete(s.files, m)
	return nil
}

func (s *Store) remove(name string) error {
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove snapshot: %w", err)
	}
	return nil
}

// Prune removes the snapshots that the policy does not keep, and the files that nobody can use. What cannot be removed
// stays, and stays listed. A file that the disk would not let us read is left to the operator.
func (s *Store) Prune(p Policy) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	keep := p.Keep(slices.Collect(maps.Keys(s.files)))
	for m := range s.files {
		if !slices.Contains(keep, m) {
			errs = append(errs, s.drop(m))
		}
	}
	for name, flaw := range s.flaws {
		if !errors.Is(flaw, ErrDamaged) && !errors.Is(flaw, ErrLayout) && !errors.Is(flaw, errCopy) {
			continue
		}
		err := s.remove(name)
		if err == nil {
			delete(s.flaws, name)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
