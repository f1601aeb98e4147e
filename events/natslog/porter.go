package natslog

import (
	"encoding/base64"
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// allowed is what a connection of each role may send and hear. The writer alone may send commits, and nobody may delete
// anything.
var allowed = map[Role]*server.Permissions{
	Writer:  may([]string{Subject}, answers),
	Reader:  may([]string{"$JS.API.CONSUMER.*." + Stream, "$JS.API.CONSUMER.*." + Stream + ".>", "$JS.API.CONSUMER.MSG.NEXT." + Stream + ".>"}, answers),
	Point:   may([]string{"$JS.API.STREAM.INFO." + Stream, "$JS.API.STREAM.CREATE." + Stream, "$JS.API.DIRECT.GET." + Stream, "$JS.API.DIRECT.GET." + Stream + ".>"}, answers),
	Service: may([]string{"_R_.>", Announcements + ".>"}, []string{Requests, Discovery}),
}

// answers is where a connection hears what it asked for.
var answers = []string{nats.InboxPrefix + ">"}

func may(publish, subscribe []string) *server.Permissions {
	return &server.Permissions{
		Publish: &server.SubjectPermission{Allow: publish}, Subscribe: &server.SubjectPermission{Allow: subscribe},
	}
}

// porter decides who is let into one server: our own connections, each by the key of its role, and through the door those
// whom that admits.
type porter struct {
	server *server.Server
	keys   map[string]Role // by public key
	door   *door           // nil: nobody from outside
}

// serve names the server, before that lets anybody in.
func (p *porter) serve(srv *server.Server) {
	p.server = srv
	if p.door != nil {
		p.door.serve(srv)
	}
}

// Check implements [server.Authentication].
func (p *porter) Check(c server.ClientAuthentication) bool {
	switch {
	case c.Kind() != server.CLIENT:
		return false
	case inProcess(c):
		return p.own(c)
	}
	return p.door != nil && p.door.admit(c)
}

// inProcess tells a connection that was made in this process from one that came over a network.
func inProcess(c server.ClientAuthentication) bool {
	addr := c.RemoteAddress()
	return addr != nil && addr.Network() == "pipe"
}

// own lets a connection in that proves to have the key of a role.
func (p *porter) own(c server.ClientAuthentication) bool {
	opts := c.GetOpts()
	role, known := p.keys[opts.Nkey]
	if !known || !signed(opts.Nkey, opts.Sig, c.GetNonce()) {
		return false
	}
	account, err := p.server.LookupAccount(Account)
	if err != nil {
		return false
	}
	c.RegisterUser(&server.User{Username: string(role), Account: account, Permissions: allowed[role]})
	return true
}

func signed(public, signature string, nonce []byte) bool {
	key, err := nkeys.FromPublicKey(public)
	if err != nil {
		return false
	}
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	return err == nil && len(nonce) > 0 && key.Verify(nonce, sig) == nil
}

// keys are those of the roles, made anew at every start of the process.
type keys map[Role]nkeys.KeyPair

func newKeys() (keys, error) {
	k := keys{}
	for role := range allowed {
		pair, err := nkeys.CreateUser()
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		k[role] = pair
	}
	return k, nil
}

// public returns which role has which public key.
func (k keys) public() (map[string]Role, error) {
	roles := make(map[string]Role, len(k))
	for role, pair := range k {
		public, err := pair.PublicKey()
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		roles[public] = role
	}
	return roles, nil
}

func (k keys) wipe() {
	for _, pair := range k {
		pair.Wipe()
	}
}
