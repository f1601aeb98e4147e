package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/url"

	"github.com/nats-io/nats.go"
	"github.com/synadia-io/orbit.go/natscontext"
)

// natsClient returns a client of the service kaohe over NATS. Contexts, credentials and variables are those of the nats
// CLI; a token of kaohe comes first.
func (c *cli) natsClient(conn connection, a address, token string) (*client, error) {
	options := []nats.Option{nats.Name("kaohe"), nats.Timeout(connectTime), nats.NoReconnect(), nats.IgnoreDiscoveredServers()}
	roots, err := c.authorities(cmp.Or(conn.ca, c.env("KAOHE_TLS_CA"), c.env("NATS_CA")))
	if err != nil {
		return nil, err
	}
	if roots != nil {
		options = append(options, trusting(roots, conn.ca != ""))
	}
	if cert, key := c.env("NATS_CERT"), c.env("NATS_KEY"); cert != "" && key != "" {
		options = append(options, nats.ClientCert(cert, key))
	}
	who, err := c.natsCredentials(conn, token)
	if err != nil {
		return nil, err
	}
	options = append(options, at(a.urls))
	if who != nil {
		options = append(options, instead(who))
	}
	options = append(options, guarded(conn.insecure))
	dial := func() (*nats.Conn, error) {
		if a.context == "" {
			return c.plainWords(nats.Connect("", options...))
		}
		nc, _, err := natscontext.Connect(a.context, options...)
		return c.plainWords(nc, err)
	}
	return c.newClient(a.shown(), &overNATS{c: c, dial: dial}), nil
}

// trusting has the server's certificate come from a CA. Whoever names one on the command line wants TLS; a variable may be
// there for the sake of another server.
func trusting(roots *x509.CertPool, insist bool) nats.Option {
	return func(o *nats.Options) error {
		o.RootCAsCB = func() (*x509.CertPool, error) { return roots, nil }
		o.Secure = o.Secure || insist
		if o.TLSConfig == nil {
			o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		return nil
	}
}

// natsCredentials returns what says who asks; nil if that is left to the address or the context.
func (c *cli) natsCredentials(conn connection, token string) (nats.Option, error) {
	user, password := c.env("NATS_USER"), c.env("NATS_PASSWORD")
	switch {
	case conn.creds != "":
		return nats.UserCredentials(conn.creds), nil
	case conn.nkey != "":
		return c.nkey(conn.nkey)
	case token != "":
		return nats.Token(token), nil
	case c.env("NATS_CREDS") != "":
		return nats.UserCredentials(c.env("NATS_CREDS")), nil
	case c.env("NATS_NKEY") != "":
		return c.nkey(c.env("NATS_NKEY"))
	case user != "" && password == "":
		return nats.Token(user), nil // so does the nats CLI
	case user != "":
		return nats.UserInfo(user, password), nil
	}
	return nil, nil
}

func (c *cli) nkey(file string) (nats.Option, error) {
	option, err := nats.NkeyOptionFromSeed(file)
	if err != nil {
		return nil, c.errorf("读不了 nkey 文件: %w", "cannot read the file of the nkey: %w", err)
	}
	return option, nil
}

// instead puts credentials in the place of all that a context or an address brings.
func instead(who nats.Option) nats.Option {
	return func(o *nats.Options) error {
		o.User, o.Password, o.Token, o.Nkey = "", "", "", ""
		o.UserJWT, o.SignatureCB = nil, nil
		for i, s := range o.Servers {
			o.Servers[i] = withoutUser(s)
		}
		return who(o)
	}
}

func withoutUser(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.User = nil
	return u.String()
}

// at puts an address in the place of a context's.
func at(urls []*url.URL) nats.Option {
	return func(o *nats.Options) error {
		if len(urls) == 0 {
			return nil
		}
		o.Servers = nil
		for _, u := range urls {
			o.Servers = append(o.Servers, u.String())
		}
		return nil
	}
}

// guarded insists on TLS where a token or a password would go to another machine. Keys never leave this one.
func guarded(insecure bool) nats.Option {
	return func(o *nats.Options) error {
		secret, away := o.Password != "" || o.Token != "", false
		for _, s := range o.Servers {
			u, err := url.Parse(s)
			secret = secret || err == nil && u.User != nil
			away = away || err != nil || !loopback(u)
		}
		if !secret || !away || insecure {
			return nil
		}
		o.Secure = true
		if o.TLSConfig == nil {
			o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		return nil
	}
}

// plainWords says what the library's words do not.
func (c *cli) plainWords(nc *nats.Conn, err error) (*nats.Conn, error) {
	if errors.Is(err, nats.ErrSecureConnWanted) {
		err = c.errorf("服务没有启用 TLS，没有发送任何内容，以免旁人看到令牌、口令（%w）\n  请让服务启用 TLS；网络确实可信时用 nats:// 地址和 --insecure-token", "the server has no TLS; nothing was sent, as others could read tokens and passwords (%w)\n  have the server use TLS or, in a network that you trust, say nats:// and --insecure-token", err)
	}
	return nc, err
}
