package access

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Store keeps the tokens of a daemon. Any number of goroutines may use it, and other processes may change the file.
type Store struct {
	path string
	now  func() time.Time
	roll atomic.Pointer[roll]

	mu sync.Mutex // held by whoever reads the file anew
}

// roll is what the file says. It never changes.
type roll struct {
	file    os.FileInfo // what was read; nil if it must be looked at again
	absent  bool        // there is no file
	entries []entry
	byID    map[string]*entry
	byName  map[string]*entry
	guarded bool
	err     error // why nobody is let in
}

// Open opens the tokens in a file, which need not exist. now is the clock by which tokens expire. What is wrong with the
// file is no error here, so that it can be put right while the store is open: see [Store.Problem].
func Open(path string, now func() time.Time) (*Store, error) {
	if path == "" || now == nil {
		return nil, errors.New("access: a store needs a path and a clock")
	}
	s := &Store{path: path, now: now}
	s.roll.Store(s.look(nil))
	return s, nil
}

// Guarded reports whether everybody must say who they are. It is so from the first token on, revoked or not, and stays so
// as long as the store is open.
func (s *Store) Guarded() bool { return s.current().guarded }

// Problem returns why nobody is let in at the moment, an [UnreadableError], or nil.
func (s *Store) Problem() error { return s.current().err }

// Authenticate returns who has a token. It fails with [ErrUnknownToken], [ErrRevoked], [ErrExpired] or [ErrUnreadable].
func (s *Store) Authenticate(token string) (Principal, error) {
	r := s.current()
	if r.err != nil {
		return Principal{}, r.err
	}
	id, secret, ok := split(token)
	if !ok {
		return Principal{}, ErrUnknownToken
	}
	e, known := r.byID[id]
	if !known {
		e = &entry{} // to be hashed and compared like any other
	}
	if !e.hash.matches(secret) || !known {
		return Principal{}, ErrUnknownToken
	}
	switch e.State(s.now()) {
	case Revoked:
		return Principal{}, ErrRevoked
	case Expired:
		return Principal{}, ErrExpired
	}
	return e.Principal(), nil
}

// Principal returns who has the token with a name, if that lets in at the moment.
func (s *Store) Principal(name string) (Principal, bool) {
	e, ok := s.current().byName[name]
	if !ok || e.State(s.now()) != Live {
		return Principal{}, false
	}
	return e.Principal(), true
}

// List returns all tokens, in the order in which they were made.
func (s *Store) List() ([]Token, error) {
	r := s.current()
	list := make([]Token, len(r.entries))
	for i := range r.entries {
		list[i] = r.entries[i].Token
	}
	return list, r.err
}

// current returns what the file says now. As long as it is the one that was read, it is not read again.
func (s *Store) current() *roll {
	r := s.roll.Load()
	if r.upToDate(s.path) {
		return r
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r = s.roll.Load(); r.upToDate(s.path) {
		return r
	}
	r = s.look(r)
	s.roll.Store(r)
	return r
}

func (r *roll) upToDate(path string) bool {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r.absent && (r.guarded || !noted(path))
	case err != nil || r.file == nil:
		return false
	}
	return os.SameFile(info, r.file) && info.ModTime().Equal(r.file.ModTime()) && info.Size() == r.file.Size()
}

// look reads the file, after what it said before.
func (s *Store) look(before *roll) *roll {
	b, info, err := read(s.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r := &roll{absent: true, guarded: before != nil && before.guarded || noted(s.path)}
		if r.guarded {
			r.err = &UnreadableError{File: s.path, Gone: true, Err: errGone}
		}
		return r
	case err != nil:
		return &roll{guarded: true, err: &UnreadableError{File: s.path, Err: err}}
	}
	entries, err := decode(b)
	if err != nil {
		return &roll{file: info, guarded: true, err: &UnreadableError{File: s.path, Err: err}}
	}
	r := &roll{file: info, entries: entries, guarded: true, byID: map[string]*entry{}, byName: map[string]*entry{}}
	for i := range entries {
		r.byID[entries[i].ID], r.byName[entries[i].Name] = &entries[i], &entries[i]
	}
	return r
}
