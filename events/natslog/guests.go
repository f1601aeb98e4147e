package natslog

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// door is a [Door] at work. It outlives restarts of the server.
//
// Each guest has an account of its own, with a name that nobody can guess. The server writes the name on each request that
// leaves the account, and so it tells who is asking ([Log.Caller]). A header that a client writes there itself names no
// account that there is, whatever it does to hide the server's.
type door struct {
	Door
	log     *slog.Logger
	metrics *doorMetrics

	mu     sync.Mutex
	srv    *server.Server
	at     string           // where the server listens; empty while it does not
	port   int              // on which one listened last
	rooms  map[string]*room // by the guest's key
	guests map[string]Guest // by the account's name
}

// room is the account of a guest.
type room struct {
	guest   Guest
	account string
	server  *server.Server // that knows the account
}

func newDoor(d *Door, log *slog.Logger, m *doorMetrics) *door {
	return &door{Door: *d, log: log, metrics: m, rooms: map[string]*room{}, guests: map[string]Guest{}}
}

// requestInfo is the header by which the server tells who is asking.
const requestInfo = server.ClientInfoHdr

var (
	errNkey = errors.New("an nkey was shown, only tokens are taken")
	errMany = fmt.Errorf("%d connections are open with this token", maxOfGuest)
	errGone = errors.New("revoked meanwhile")
)

// admit lets a client in, or not. The server calls it for each CONNECT of a client, of which there may be several on one
// connection.
func (d *door) admit(c server.ClientAuthentication) bool {
	opts := c.GetOpts()
	guest, err := d.Admit(cmp.Or(opts.Token, opts.Password))
	if opts.Nkey != "" {
		err = errNkey
	}
	var account *server.Account
	if err == nil {
		account, err = d.account(guest)
	}
	if err == nil && account.NumLocalConnections() >= maxOfGuest {
		err = errMany
	}
	// The name that a client gives itself is replaced whatever it is, for it may be a token, and the server logs it.
	if err != nil {
		c.RegisterUser(&server.User{Username: "refused", Permissions: nothing})
		d.refused(c.RemoteAddress(), err)
		return false
	}
	c.RegisterUser(&server.User{Username: cmp.Or(guest.Name, "anonymous"), Account: account, Permissions: guest.permissions()})
	if !d.Stays(guest) { // who is turned out at this moment may have been overlooked by Expel, but not by this
		d.refused(c.RemoteAddress(), errGone)
		return false
	}
	return true
}

// nothing is what somebody may who was refused, until the server has hung up.
var nothing = &server.Permissions{
	Publish:   &server.SubjectPermission{Deny: []string{">"}},
	Subscribe: &server.SubjectPermission{Deny: []string{">"}},
}

// refused notes a login that failed, and takes its time over it.
func (d *door) refused(from net.Addr, err error) {
	d.metrics.refused.Inc()
	if more, ok := d.Calm(); ok {
		d.log.Warn("nats client refused", "from", fmt.Sprint(from), "reason", err, "unsaid", more)
	}
	time.Sleep(loginPause)
}

func (g Guest) permissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{Requests, Discovery}},
		Subscribe: &server.SubjectPermission{Allow: append([]string{nats.InboxPrefix + ">"}, g.Hears...)},
	}
}

// account returns the account of a guest, which is made if the server has none.
func (d *door) account(g Guest) (*server.Account, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.rooms[g.key()]
	if r == nil {
		name, err := accountName()
		if err != nil {
			return nil, err
		}
		r = &room{guest: g, account: name}
	}
	account, _ := d.srv.LookupOrRegisterAccount(r.account)
	if r.server != d.srv {
		if err := furnish(d.srv, account, g); err != nil {
			return nil, fmt.Errorf("make an account: %w", err)
		}
		r.server = d.srv
		d.rooms[g.key()], d.guests[r.account] = r, g
	}
	return account, nil
}

// accountName makes up a name that cannot be guessed.
func accountName() (string, error) {
	key, err := nkeys.CreateUser()
	if err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	name, err := key.PublicKey()
	return accountPrefix + name, err
}

// accountPrefix begins the names of guests' accounts.
const accountPrefix = Account + "_"

// furnish gives an account its share of ours.
func furnish(srv *server.Server, account *server.Account, g Guest) error {
	ours, err := srv.LookupAccount(Account)
	if err != nil {
		return err
	}
	for _, subject := range []string{Requests, Discovery} {
		if err := account.AddServiceImport(ours, subject, subject); err != nil {
			return fmt.Errorf("import %s: %w", subject, err)
		}
	}
	for _, subject := range g.Hears {
		if err := account.AddStreamImport(ours, subject, ""); err != nil {
			return fmt.Errorf("import %s: %w", subject, err)
		}
	}
	return nil
}

// caller tells whose request has the header.
func (d *door) caller(h nats.Header) (Guest, bool) {
	var info struct {
		Account string `json:"acc"`
	}
	if values := h.Values(requestInfo); len(values) != 1 || json.Unmarshal([]byte(values[0]), &info) != nil {
		return Guest{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	g, ok := d.guests[info.Account]
	return g, ok
}

// expel disconnects who may not stay.
func (d *door) expel() {
	srv, rooms := d.present()
	for _, r := range rooms {
		if d.Stays(r.guest) {
			continue
		}
		for _, cid := range connections(srv, r.account) {
			if srv.DisconnectClientByID(cid) == nil {
				d.metrics.expelled.Inc()
			}
		}
	}
}

// present returns the server, and the rooms that it knows.
func (d *door) present() (srv *server.Server, list []*room) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.rooms {
		if r.server == d.srv {
			list = append(list, r)
		}
	}
	return d.srv, list
}

// connections returns the ids of those that an account has.
func connections(srv *server.Server, account string) (ids []uint64) {
	found, err := srv.Connz(&server.ConnzOptions{Account: account, Limit: maxClients})
	if err != nil {
		return nil // cannot be: the options are good
	}
	for _, c := range found.Conns {
		ids = append(ids, c.Cid)
	}
	return ids
}

// count returns how many connections guests have.
func (d *door) count() (n int) {
	srv, rooms := d.present()
	for _, r := range rooms {
		if account, err := srv.LookupAccount(r.account); err == nil {
			n += account.NumLocalConnections()
		}
	}
	return n
}
