package main

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
)

const defaultServer = "http://" + app.DefaultListen

// connection is what a command line says about the way to the server. What it does not say, the environment may.
type connection struct {
	server, tokenFile, ca string
	context, creds, nkey  string // of NATS
	insecure              bool   // a secret may go unencrypted to another machine
}

// serverFlag adds to a command the flags that say where the server is and who asks. The help of a command shows --server;
// that of "kaohe help connection" all of them.
func (c *cli) serverFlag(cmd *cobra.Command) *connection {
	var conn connection
	flags := cmd.Flags()
	flags.StringVar(&conn.server, "server", "", c.say("服务地址（默认 $KAOHE_SERVER，否则 "+defaultServer+"）；令牌、TLS、NATS: kaohe help connection",
		"address of the server (default $KAOHE_SERVER, else "+defaultServer+"); tokens, TLS, NATS: kaohe help connection"))
	more := pflag.NewFlagSet("", pflag.ContinueOnError)
	more.StringVar(&conn.tokenFile, "token-file", "", c.say("存放令牌的文件（默认 $KAOHE_TOKEN 为令牌本身，或 $KAOHE_TOKEN_FILE）", "file that holds the token (default: the token in $KAOHE_TOKEN, or $KAOHE_TOKEN_FILE)"))
	more.StringVar(&conn.ca, "tls-ca", "", c.say("签发服务证书的 CA，PEM 文件（默认 $KAOHE_TLS_CA，否则系统自带）", "certificates of the CA of the server, in PEM (default $KAOHE_TLS_CA, else those of the system)"))
	more.StringVar(&conn.context, "context", "", c.say("nats 命令的 context 名（默认 $NATS_CONTEXT）", "name of a context of the nats CLI (default $NATS_CONTEXT)"))
	more.StringVar(&conn.creds, "creds", "", c.say("NATS 凭据文件（默认 $NATS_CREDS）", "credentials file for NATS (default $NATS_CREDS)"))
	more.StringVar(&conn.nkey, "nkey", "", c.say("NATS nkey 种子文件（默认 $NATS_NKEY）", "file with the seed of an nkey for NATS (default $NATS_NKEY)"))
	more.BoolVar(&conn.insecure, "insecure-token", false, c.say("允许令牌或口令不加密地发往别的机器", "let a token or password go to another machine unencrypted"))
	more.VisitAll(func(f *pflag.Flag) { f.Hidden = true })
	flags.AddFlagSet(more)
	return &conn
}

// address is where the server is.
type address struct {
	urls    []*url.URL // one over HTTP, any number over NATS; none: the context says it
	nats    bool
	context string // of NATS; empty: none
	secret  bool   // it came from a place where others cannot read a password in it
}

// shown writes the address for people, without secrets.
func (a address) shown() string {
	list := make([]string, len(a.urls))
	for i, u := range a.urls {
		list[i] = strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/")
	}
	if len(list) == 0 {
		return "nats context " + a.context
	}
	return strings.Join(list, ",")
}

// client returns a client of the server named by the flags or the environment.
func (c *cli) client(conn connection) (*client, error) {
	a, err := c.address(conn)
	if err != nil {
		return nil, err
	}
	if err := c.fitting(conn, a); err != nil {
		return nil, err
	}
	token, err := c.accessToken(conn)
	if err != nil {
		return nil, err
	}
	if a.nats {
		return c.natsClient(conn, a, token)
	}
	if u := a.urls[0]; token != "" && u.Scheme == "http" && !loopback(u) && !conn.insecure {
		return nil, c.usagef("%s 不加密，令牌会被旁人看到，没有发送\n  请用 https:// 地址；网络确实可信时加 --insecure-token",
			"%s is not encrypted and others could read the token, so it was not sent\n  use an https:// address or, in a network that you trust, --insecure-token", a.shown())
	}
	roots, err := c.authorities(cmp.Or(conn.ca, c.env("KAOHE_TLS_CA")))
	if err != nil {
		return nil, err
	}
	return c.httpClient(a.shown(), token, roots), nil
}

func (c *cli) newClient(base string, by transport) *client { return &client{c, base, by, time.Now} }

// fitting refuses flags that would do nothing at the address.
func (c *cli) fitting(conn connection, a address) error {
	switch {
	case !a.nats && conn.context+conn.creds+conn.nkey != "":
		return c.usagef("--context、--creds、--nkey 只用于 nats:// 地址，而服务地址是 %s", "--context, --creds and --nkey are for an address nats://, and the server is at %s", a.shown())
	case !a.nats && a.urls[0].Scheme == "http" && conn.ca != "":
		return c.usagef("--tls-ca 只用于加密的地址，而服务地址是 %s", "--tls-ca is for an encrypted address, and the server is at %s", a.shown())
	}
	given := 0
	for _, s := range []string{conn.tokenFile, conn.creds, conn.nkey} {
		if s != "" {
			given++
		}
	}
	if given > 1 {
		return c.usagef("--token-file、--creds、--nkey 只能用一个", "give one of --token-file, --creds and --nkey")
	}
	return nil
}

// address finds the server: what the command line says, else what the environment says to kaohe, else what it says to the
// nats CLI, else the default.
func (c *cli) address(conn connection) (a address, err error) {
	context := cmp.Or(conn.context, c.env("NATS_CONTEXT"))
	switch kaohe, nats := c.env("KAOHE_SERVER"), c.env("NATS_URL"); {
	case conn.server != "":
		a, err = c.parseAddress(conn.server, "http")
	case conn.context != "":
		a.nats = true
	case kaohe != "":
		a, err = c.parseAddress(kaohe, "http")
		a.secret = true
	case nats != "":
		a, err = c.parseAddress(nats, "nats")
		a.secret = true
	case context != "":
		a.nats = true
	default:
		a, err = c.parseAddress(defaultServer, "http")
	}
	if err == nil && a.nats {
		a.context = context
	}
	if err == nil {
		err = c.noSecret(a)
	}
	return a, err
}

// parseAddress reads an address, or several of NATS servers with commas between them.
func (c *cli) parseAddress(s, scheme string) (a address, err error) {
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if !strings.Contains(part, "://") {
			part = scheme + "://" + part
		}
		u, err := url.Parse(part)
		if err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || u.RawQuery != "" || u.Fragment != "" {
			return a, c.noAddress(s)
		}
		a.urls = append(a.urls, u)
		scheme = u.Scheme
	}
	for _, u := range a.urls {
		nats := u.Scheme == "nats" || u.Scheme == "tls"
		web := (u.Scheme == "http" || u.Scheme == "https") && len(a.urls) == 1
		if nats == web || nats && strings.Trim(u.Path, "/") != "" || u.Scheme != scheme && web {
			return a, c.noAddress(s)
		}
		a.nats = nats
	}
	return a, nil
}

// noAddress refuses an address. What stands before an @ in it may be secret.
func (c *cli) noAddress(s string) error {
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		s = "..." + s[at:]
	}
	return c.usagef("服务地址 %q 不对，应如 %s 或 nats://主机:4222", "%q is not the address of a server, expected one like %s or nats://HOST:4222", s, defaultServer)
}

// noSecret refuses a password or token within an address where other users of the machine can read it, or where it has no
// meaning.
func (c *cli) noSecret(a address) error {
	for _, u := range a.urls {
		if u.User != nil && !(a.nats && a.secret) {
			return c.usagef("地址 %s 里不要写口令或令牌，旁人看得到；请用 KAOHE_TOKEN 或 --token-file", "leave passwords and tokens out of the address %s, where others can read them; use KAOHE_TOKEN or --token-file", a.shown())
		}
	}
	return nil
}
