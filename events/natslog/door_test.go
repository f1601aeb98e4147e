package natslog_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

func TestClientsSayWhoTheyAre(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for name, opt := range map[string]nats.Option{
		"a token":                  nats.Token("token-of-qinnan"),
		"a password with any name": nats.UserInfo("qinbei", "token-of-qinnan"),
	} {
		nc, _ := h.client(t, opt)
		if m, err := nc.Request("kaohe.v1.who", nil, wait); err != nil || string(m.Data) != "qinnan true" {
			t.Errorf("%s: the service sees %v, %v, want qinnan", name, m, err)
		}
	}
	if n := h.metric(t, "kaohe_nats_connections"); n != 2 {
		t.Errorf("kaohe_nats_connections = %v, want 2", n)
	}
	user := value(nkeys.CreateUser())(t)
	key := nats.Nkey(value(user.PublicKey())(t), user.Sign)
	for name, opts := range map[string][]nats.Option{
		"nothing":                    nil,
		"an unknown token":           {nats.Token("token-of-nobody")},
		"a name only":                {nats.UserInfo("token-of-qinnan", "")},
		"an nkey":                    {key},
		"an nkey and a token":        {key, nats.Token("token-of-qinnan")},
		"no token and a role's name": {nats.UserInfo("writer", "x")},
	} {
		nc, err := nats.Connect("nats://"+h.DoorAddr(), append(opts, nats.Timeout(wait))...)
		if err == nil {
			nc.Close()
		}
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("Connect() with %s = %v, want ErrAuthorization", name, err)
		}
	}
	if n := h.metric(t, "kaohe_nats_refused_logins_total"); n != 6 {
		t.Errorf("kaohe_nats_refused_logins_total = %v, want 6", n)
	}
	if said := h.said.String(); strings.Contains(said, "token-of") || !strings.Contains(said, "unknown token") {
		t.Errorf("the log must say why, without tokens:\n%s", said)
	}
}

func TestRevokedGuestsAreTurnedOut(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	gone := make(chan struct{})
	nc, _ := h.client(t, nats.Token("token-of-qinnan"), nats.ClosedHandler(func(*nats.Conn) { close(gone) }))
	other, _ := h.client(t, nats.Token("token-of-qinbei"))
	h.Expel()
	if m, err := nc.Request("kaohe.v1.who", nil, wait); err != nil {
		t.Fatalf("a guest that may stay is turned out: %v, %v", m, err)
	}
	h.revoke("token-of-qinnan")
	h.Expel()
	select {
	case <-gone: // the library gives up after the second refusal
	case <-time.After(wait):
		t.Fatal("a revoked guest is still there")
	}
	if m, err := other.Request("kaohe.v1.who", nil, wait); err != nil {
		t.Errorf("another guest is disturbed: %v, %v", m, err)
	}
	if n := h.metric(t, "kaohe_nats_expelled_total"); n != 1 {
		t.Errorf("kaohe_nats_expelled_total = %v, want 1", n)
	}
}

func TestClientsComeBackWhenTheServerIsRestarted(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	back := make(chan struct{}, 1)
	nc, _ := h.client(t, nats.Token("token-of-qinnan"), nats.ReconnectHandler(func(*nats.Conn) { back <- struct{}{} }))
	sub := value(nc.SubscribeSync("kaohe.event.*.450000.450700.450703"))(t)
	flush(t, nc)
	addr := h.DoorAddr()
	if err := h.BreakServer(); err != nil {
		t.Fatal(err)
	}
	eventtest.MustFill(t, h.Log, events.Head{}, 2)
	if n := h.metric(t, "kaohe_log_server_restarts_total"); n != 1 {
		t.Fatalf("kaohe_log_server_restarts_total = %v, want 1", n)
	}
	select {
	case <-back:
	case <-time.After(wait):
		t.Fatal("the client does not come back")
	}
	if now := h.DoorAddr(); now != addr {
		t.Errorf("DoorAddr() = %s after the restart, %s before", now, addr)
	}
	eventually(t, "the service answers", func() bool {
		m, err := nc.Request("kaohe.v1.who", nil, wait)
		return err == nil && string(m.Data) == "qinnan true"
	})
	must(t, h.service.Publish("kaohe.event.X.450000.450700.450703", nil))
	if _, err := sub.NextMsg(wait); err != nil {
		t.Errorf("nothing is announced after the restart: %v", err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(wait); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", wait, what)
		}
	}
}

// A log whose port is taken while its server is restarted goes on, and lets clients in again once it has the port back.
func TestLogGoesOnWithoutItsPort(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	addr := h.DoorAddr()
	l, err := h.StopServer(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	eventtest.MustFill(t, h.Log, events.Head{}, 2)
	if said := h.said.String(); !strings.Contains(said, "clients cannot be let in until") || h.DoorAddr() != "" {
		t.Errorf("DoorAddr() = %q, and the log does not say that the port is lost:\n%s", h.DoorAddr(), said)
	}
	must(t, l.Close())
	eventually(t, "the door is open again", func() bool { return h.DoorAddr() == addr })
	nc, _ := h.client(t, nats.Token("token-of-qinnan"))
	eventually(t, "the service answers", func() bool {
		m, err := nc.Request("kaohe.v1.who", nil, wait)
		return err == nil && string(m.Data) == "qinnan true"
	})
}

func TestDoorIsShutUntilItIsOpened(t *testing.T) {
	t.Parallel()
	opts := options(t)
	opts.Door = door("127.0.0.1:0", &secrets{})
	l := mustOpen(t, opts)
	if addr := l.DoorAddr(); addr != "" {
		t.Errorf("DoorAddr() = %s before the door is opened", addr)
	}
	must(t, l.OpenDoor())
	if nc, err := nats.Connect("nats://"+l.DoorAddr(), nats.Timeout(wait)); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("Connect() = %v, %v, want a refusal", nc, err)
	}
	if err := mustOpen(t, options(t)).OpenDoor(); err == nil {
		t.Error("OpenDoor() = nil of a log without a door")
	}
}

// A log that is closed while somebody else has its port does not wait for that.
func TestCloseWithoutThePort(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	l, err := h.StopServer(h.DoorAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	eventtest.MustFill(t, h.Log, events.Head{}, 1)
	mustClose(t, h.Log)
}

func TestTakenPortIsAnError(t *testing.T) {
	l := value(net.Listen("tcp", "127.0.0.1:0"))(t)
	defer l.Close()
	opts := options(t)
	opts.Door = door(l.Addr().String(), &secrets{})
	if _, err := natslog.Open(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("Open() = %v, want that the address is in use", err)
	}
	opts.Door.Addr = "127.0.0.1:0"
	mustOpen(t, opts) // and nothing is left behind
}

func TestDoorOptionsNameTheBadField(t *testing.T) {
	for field, spoil := range map[string]func(*natslog.Options){
		"Door.Admit": func(o *natslog.Options) { o.Door.Admit = nil },
		"Door.Stays": func(o *natslog.Options) { o.Door.Stays = nil },
		"Door.Calm":  func(o *natslog.Options) { o.Door.Calm = nil },
		"Door.Addr":  func(o *natslog.Options) { o.Door.Addr = "127.0.0.1:nats" },
		"Salvage":    func(o *natslog.Options) { o.Salvage = true },
	} {
		opts := options(t)
		opts.Door = door("127.0.0.1:0", &secrets{})
		spoil(&opts)
		if _, err := natslog.Open(t.Context(), opts); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("Open() = %v, want an error that names %s", err, field)
		}
	}
}

// One token does not take all the room there is.
func TestGuestHasSoManyConnections(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	for range natslog.MaxOfGuest {
		h.client(t, nats.Token("token-of-qinnan"))
	}
	if nc, err := nats.Connect("nats://"+h.DoorAddr(), nats.Token("token-of-qinnan"), nats.Timeout(wait)); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("Connect() = %v, %v, want a refusal", nc, err)
	}
	h.client(t, nats.Token("token-of-qinbei"))
}

func TestGuestsLeaveNothingInTheStore(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	nc, _ := h.client(t, nats.Token("token-of-qinnan"))
	if _, err := nc.Request("kaohe.v1.who", nil, wait); err != nil {
		t.Fatal(err)
	}
	eventtest.MustFill(t, h.Log, events.Head{}, 1)
	mustClose(t, h.Log)
	mustOpen(t, natslog.NewOptions(h.dir)) // which looks for streams of others
}
