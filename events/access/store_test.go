package access_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/access"
)

var now = time.Date(2018, 3, 1, 9, 0, 0, 0, time.UTC)

// clock is one that tests move.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(now.UnixNano())
	return c
}

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func open(tb testing.TB, path string, now func() time.Time) *access.Store {
	tb.Helper()
	s, err := access.Open(path, now)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustCreate(tb testing.TB, s *access.Store, n access.NewToken) (string, access.Token) {
	tb.Helper()
	n.Random = rand.Reader
	secret, t, err := s.Create(n)
	if err != nil {
		tb.Fatalf("Create(%+v) failed: %v", n, err)
	}
	return secret, t
}

func path(tb testing.TB) string { return filepath.Join(tb.TempDir(), "data", access.File) }

func TestTokenLetsItsHolderIn(t *testing.T) {
	file := path(t)
	daemon := open(t, file, newClock().now)
	if daemon.Guarded() {
		t.Error("Guarded() without tokens")
	}
	if _, err := daemon.Authenticate(""); !errors.Is(err, access.ErrUnknownToken) {
		t.Errorf("Authenticate() without tokens = %v, want ErrUnknownToken", err)
	}
	admin := open(t, file, newClock().now) // another process
	secret, token := mustCreate(t, admin, access.NewToken{Name: "李娜", Org: "450703", Can: access.Emit | access.Read})
	want := access.Principal{Name: "李娜", Org: "450703", Can: access.Emit | access.Read}
	if got, err := daemon.Authenticate(secret); err != nil || got != want {
		t.Errorf("Authenticate() = %v, %v, want %v", got, err, want)
	}
	if got, ok := daemon.Principal("李娜"); !ok || got != want {
		t.Errorf("Principal() = %v, %t, want %v", got, ok, want)
	}
	if _, ok := daemon.Principal(token.ID); ok {
		t.Error("Principal() takes an id for a name")
	}
	if !daemon.Guarded() || daemon.Problem() != nil {
		t.Errorf("Guarded() = %t, Problem() = %v", daemon.Guarded(), daemon.Problem())
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	c := newClock()
	file := path(t)
	s, admin := open(t, file, c.now), open(t, file, c.now)
	live, _ := mustCreate(t, admin, access.NewToken{Org: "450703", Can: access.Read})
	revoked, gone := mustCreate(t, admin, access.NewToken{Org: "450703", Can: access.Read})
	brief, _ := mustCreate(t, admin, access.NewToken{Org: "450703", Can: access.Read, Expires: now.Add(time.Hour)})
	if _, err := s.Authenticate(revoked); err != nil {
		t.Fatalf("before it was revoked: %v", err)
	}
	if _, err := admin.Revoke(gone.Name); err != nil {
		t.Fatal(err)
	}
	wrong := live[:len(live)-1] + string('a'+(live[len(live)-1]-'a'+1)%26)
	if _, err := s.Authenticate(brief); err != nil {
		t.Errorf("before it expires: %v", err)
	}
	c.advance(time.Hour)
	for _, tt := range []struct {
		name, token string
		want        error
	}{
		{"good", live, nil},
		{"revoked", revoked, access.ErrRevoked},
		{"expired", brief, access.ErrExpired},
		{"wrong secret", wrong, access.ErrUnknownToken},
		{"wrong secret of a revoked one", revoked[:len(revoked)-2] + "aa", access.ErrUnknownToken},
		{"unknown id", "kaohe_aaaaaaaa_" + live[len("kaohe_aaaaaaaa_"):], access.ErrUnknownToken},
		{"cut short", live[:len(live)-1], access.ErrUnknownToken},
		{"with more", live + "a", access.ErrUnknownToken},
		{"nothing", "", access.ErrUnknownToken},
		{"the id alone", live[:len("kaohe_aaaaaaaa")], access.ErrUnknownToken},
		{"garbage", "\x00", access.ErrUnknownToken},
	} {
		by, err := s.Authenticate(tt.token)
		if !errors.Is(err, tt.want) || (err == nil) != (tt.want == nil) {
			t.Errorf("%s: Authenticate() = %v, want %v", tt.name, err, tt.want)
		}
		if err != nil && by != (access.Principal{}) {
			t.Errorf("%s: Authenticate() returns %v beside an error", tt.name, by)
		}
	}
	if _, ok := s.Principal(gone.Name); ok {
		t.Error("Principal() of a revoked token")
	}
}

func TestWhatATokenCannotBe(t *testing.T) {
	s := open(t, path(t), newClock().now)
	good := access.NewToken{Name: "李娜", Org: "450703", Can: access.Emit, Random: rand.Reader}
	mustCreate(t, s, good)
	if _, err := s.Revoke("李娜"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, field string
		change      func(*access.NewToken)
	}{
		{"a name that was another's, though that is revoked", "name", func(*access.NewToken) {}},
		{"a name of 65 bytes", "name", func(n *access.NewToken) { n.Name = strings.Repeat("x", 65) }},
		{"a name with a newline", "name", func(n *access.NewToken) { n.Name = "a\nb" }},
		{"a name that turns text around", "name", func(n *access.NewToken) { n.Name = "a\u202eb" }},
		{"a name that is not in NFC", "name", func(n *access.NewToken) { n.Name = "e\u0301" }},
		{"a name with a blank at its end", "name", func(n *access.NewToken) { n.Name = "a " }},
		{"a name that is no UTF-8", "name", func(n *access.NewToken) { n.Name = "a\xff" }},
		{"no org", "org", func(n *access.NewToken) { n.Name, n.Org = "b", "" }},
		{"two orgs", "org", func(n *access.NewToken) { n.Name, n.Org = "b", "450703 450702" }},
		{"nothing that it may do", "can", func(n *access.NewToken) { n.Name, n.Can = "b", 0 }},
		{"what nobody knows", "can", func(n *access.NewToken) { n.Name, n.Can = "b", 1<<7 }},
		{"expired already", "expires", func(n *access.NewToken) { n.Name, n.Expires = "b", now }},
	} {
		n := good
		tt.change(&n)
		_, _, err := s.Create(n)
		var invalid *access.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != tt.field || invalid.Want.ZH == "" {
			t.Errorf("%s: Create() = %v, want an InvalidError of %s", tt.name, err, tt.field)
		}
	}
	if list, err := s.List(); err != nil || len(list) != 1 {
		t.Errorf("List() = %v, %v, want the first one", list, err)
	}
}

func TestNamesAreMadeOfTheUnit(t *testing.T) {
	s := open(t, path(t), newClock().now)
	var got []string
	for _, org := range []string{"450703", "450703", access.Everywhere, "450703", strings.Repeat("9", 64), strings.Repeat("9", 64)} {
		_, token := mustCreate(t, s, access.NewToken{Org: org, Can: access.Emit})
		got = append(got, token.Name)
	}
	want := []string{"450703", "450703-2", "all", "450703-3", strings.Repeat("9", 64), strings.Repeat("9", 56) + "-2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestRevoking(t *testing.T) {
	c := newClock()
	s := open(t, path(t), c.now)
	if _, err := s.Revoke("nobody"); !errors.Is(err, access.ErrNoSuchToken) || s.Guarded() {
		t.Errorf("Revoke() without tokens = %v, guarded %t, want ErrNoSuchToken", err, s.Guarded())
	}
	_, token := mustCreate(t, s, access.NewToken{Org: "450703", Can: access.Emit})
	mustCreate(t, s, access.NewToken{Org: "450703", Can: access.Emit, Name: "b"})
	first, err := s.Revoke(token.ID)
	if err != nil || !first.Revoked.Equal(now) {
		t.Fatalf("Revoke() = %v, %v, want since %v", first, err, now)
	}
	c.advance(time.Minute)
	if again, err := s.Revoke(token.Name); err != nil || again != first {
		t.Errorf("Revoke() again = %v, %v, want %v", again, err, first)
	}
	if _, err := s.Revoke("b"); err != nil || !s.Guarded() {
		t.Errorf("with all tokens revoked: %v, guarded %t, want everybody shut out", err, s.Guarded())
	}
}

// unlessBusy tries again what did not get its turn, as it says: the lock is not fair, and a slow disk holds it for long.
func unlessBusy(t *testing.T, do func() error) error {
	t.Helper()
	for {
		if err := do(); !errors.Is(err, access.ErrBusy) || t.Context().Err() != nil {
			return err
		}
	}
}

func TestManyMakeTokensAtOnce(t *testing.T) {
	file := path(t)
	var all sync.WaitGroup
	for range 4 {
		s := open(t, file, newClock().now)
		all.Go(func() {
			for i := range 8 {
				var token access.Token
				err := unlessBusy(t, func() (err error) {
					_, token, err = s.Create(access.NewToken{Org: "450703", Can: access.Emit, Random: rand.Reader})
					return err
				})
				if err == nil && i%2 == 0 {
					err = unlessBusy(t, func() error {
						_, err := s.Revoke(token.ID)
						return err
					})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	list, err := open(t, file, newClock().now).List()
	if err != nil || len(list) != 32 {
		t.Fatalf("%d tokens, %v, want 32", len(list), err)
	}
	revoked := 0
	for _, token := range list {
		if token.State(now) == access.Revoked {
			revoked++
		}
	}
	if revoked != 16 {
		t.Errorf("%d are revoked, want 16", revoked)
	}
}

func TestWatchTellsOfChanges(t *testing.T) {
	file := path(t)
	c := newClock()
	s, admin := open(t, file, c.now), open(t, file, c.now)
	told, ended := make(chan struct{}, 100), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(ended)
		s.Watch(ctx, func() { told <- struct{}{} })
	}()
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"made", func() {
			mustCreate(t, admin, access.NewToken{Org: "450703", Can: access.Emit, Name: "a", Expires: now.Add(time.Hour)})
		}},
		{"expired", func() { c.advance(time.Hour) }},
		{"another", func() { mustCreate(t, admin, access.NewToken{Org: "450703", Can: access.Emit, Name: "b"}) }},
		{"revoked", func() { _, _ = admin.Revoke("b") }},
		{"gone", func() { _ = os.Remove(file) }},
	} {
		step.do()
		select {
		case <-told:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s: nobody was told", step.name)
		}
	}
	cancel()
	<-ended
}

func TestStoreNeedsAPathAndAClock(t *testing.T) {
	for _, f := range []func() (*access.Store, error){
		func() (*access.Store, error) { return access.Open("", time.Now) },
		func() (*access.Store, error) { return access.Open("x", nil) },
	} {
		if _, err := f(); err == nil {
			t.Error("Open() = nil, want an error")
		}
	}
	s := open(t, path(t), newClock().now)
	if _, _, err := s.Create(access.NewToken{Org: "450703", Can: access.Emit}); err == nil {
		t.Error("Create() without chance = nil, want an error")
	}
	if _, _, err := s.Create(access.NewToken{Org: "450703", Can: access.Emit, Random: bytes.NewReader(make([]byte, 7))}); err == nil || s.Guarded() {
		t.Errorf("Create() with too little chance = %v, guarded %t, want an error and nothing changed", err, s.Guarded())
	}
}
