package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// commandLine is a cli with an environment, and what it says.
func commandLine(env map[string]string) (*cli, *bytes.Buffer) {
	var out bytes.Buffer
	return &cli{stdout: &out, stderr: &out, env: func(name string) string { return env[name] }, lang: "en"}, &out
}

func TestWhereTheServerIs(t *testing.T) {
	for _, tt := range []struct {
		name string
		conn connection
		env  map[string]string
		want string
	}{
		{"nothing is said", connection{}, nil, defaultServer},
		{"the flag wins", connection{server: "https://a:1/"}, map[string]string{"KAOHE_SERVER": "http://b:2", "NATS_URL": "nats://c:3"}, "https://a:1"},
		{"a path before a proxy", connection{server: "https://a/kaohe/"}, nil, "https://a/kaohe"},
		{"a host alone", connection{server: "a:1"}, nil, "http://a:1"},
		{"a context is named", connection{context: "x"}, map[string]string{"KAOHE_SERVER": "http://b:2"}, "nats context x"},
		{"an address and a context", connection{server: "nats://a:1", context: "x"}, nil, "nats://a:1"},
		{"our variable before that of NATS", connection{}, map[string]string{"KAOHE_SERVER": "http://b:2", "NATS_URL": "nats://c:3", "NATS_CONTEXT": "y"}, "http://b:2"},
		{"NATS as the nats CLI has it", connection{}, map[string]string{"NATS_URL": "c:3, tls://d", "NATS_CONTEXT": "y"}, "nats://c:3,tls://d"},
		{"a context of the environment", connection{}, map[string]string{"NATS_CONTEXT": "y"}, "nats context y"},
		{"a password is not shown", connection{}, map[string]string{"NATS_URL": "nats://bob:secret@c:3"}, "nats://c:3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := commandLine(tt.env)
			cl, err := c.client(tt.conn)
			if err != nil || cl.base != tt.want {
				t.Errorf("client() = %v, %v, want one of %s", cl, err, tt.want)
			}
		})
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	token := map[string]string{"KAOHE_TOKEN": "kaohe_a_secret"}
	for _, tt := range []struct {
		name string
		conn connection
		env  map[string]string
		want string
	}{
		{"another protocol", connection{server: "ftp://a"}, nil, "is not the address of a server"},
		{"a query", connection{server: "http://a?x=1"}, nil, "is not the address of a server"},
		{"two over HTTP", connection{server: "http://a,http://b"}, nil, "is not the address of a server"},
		{"two of two kinds", connection{server: "nats://a,http://b"}, nil, "is not the address of a server"},
		{"NATS with a path", connection{server: "nats://a/b"}, nil, "is not the address of a server"},
		{"no host", connection{server: "http://bob:secret@"}, nil, "is not the address of a server"},
		{"a protocol twice", connection{server: "https://https://a"}, nil, "is not the address of a server"},
		{"a password on the command line", connection{server: "nats://bob:secret@a"}, nil, "leave passwords and tokens out of the address nats://a"},
		{"a token on the command line", connection{server: "nats://secret@a"}, nil, "leave passwords and tokens out of the address nats://a"},
		{"a password for HTTP", connection{}, map[string]string{"KAOHE_SERVER": "http://bob:secret@a"}, "leave passwords and tokens out"},
		{"credentials for HTTP", connection{creds: "a.creds"}, nil, "are for an address nats://, and the server is at " + defaultServer},
		{"a CA without TLS", connection{ca: "ca.pem"}, nil, "--tls-ca is for an encrypted address"},
		{"two who ask", connection{server: "nats://a", creds: "a", tokenFile: "b"}, nil, "give one of"},
		{"a token in plain text", connection{server: "http://192.0.2.1:8470"}, token, "is not encrypted and others could read the token, so it was not sent"},
		{"a token that is none", connection{}, map[string]string{"KAOHE_TOKEN": "secret secret"}, "KAOHE_TOKEN holds no token"},
		{"a file that is not there", connection{tokenFile: "/none/secret"}, nil, "cannot read the file of the token"},
		{"no certificate", connection{server: "https://a", ca: os.DevNull}, nil, "holds no certificate in PEM"},
		{"no certificate for NATS", connection{server: "tls://a", ca: os.DevNull}, nil, "holds no certificate in PEM"},
		{"no nkey", connection{server: "nats://a", nkey: os.DevNull}, nil, "cannot read the file of the nkey"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := commandLine(tt.env)
			_, err := c.client(tt.conn)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("client() = %v, want %q", err, tt.want)
			}
			if strings.Contains(strings.ReplaceAll(err.Error(), "/none/secret", ""), "secret") {
				t.Errorf("%q tells the secret", err)
			}
		})
	}
}

func TestWhereATokenMayGo(t *testing.T) {
	env := map[string]string{"KAOHE_TOKEN": "kaohe_a_secret"}
	for _, conn := range []connection{
		{server: "http://127.0.0.1:1"}, {server: "http://localhost:1"}, {server: "http://[::1]:1"}, {server: "https://192.0.2.1"},
		{server: "http://192.0.2.1", insecure: true},
	} {
		c, _ := commandLine(env)
		if _, err := c.client(conn); err != nil {
			t.Errorf("client(%+v) = %v, want none", conn, err)
		}
	}
}

func TestTokensComeFromFilesAndVariables(t *testing.T) {
	dir := t.TempDir()
	private, open := filepath.Join(dir, "private"), filepath.Join(dir, "open")
	must(os.WriteFile(private, []byte("kaohe_a_file\n"), 0o600))
	must(os.WriteFile(open, []byte("  kaohe_a_open  "), 0o644))
	must(os.Chmod(open, 0o644))
	for _, tt := range []struct {
		name       string
		file       string
		env        map[string]string
		want, said string
	}{
		{"none", "", nil, "", ""},
		{"the flag wins", private, map[string]string{"KAOHE_TOKEN": "t", "KAOHE_TOKEN_FILE": open}, "kaohe_a_file", ""},
		{"the variable", "", map[string]string{"KAOHE_TOKEN": " t\n", "KAOHE_TOKEN_FILE": open}, "t", ""},
		{"the file of the variable", "", map[string]string{"KAOHE_TOKEN_FILE": private}, "kaohe_a_file", ""},
		{"a file that others can read", open, nil, "kaohe_a_open", "warning: other users can read the file of the token"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, out := commandLine(tt.env)
			got, err := c.accessToken(connection{tokenFile: tt.file})
			if got != tt.want || err != nil {
				t.Errorf("accessToken() = %q, %v, want %q", got, err, tt.want)
			}
			if !strings.HasPrefix(out.String(), tt.said) || tt.said == "" && out.Len() > 0 || strings.Contains(out.String(), "kaohe_a") {
				t.Errorf("it says %q, want %q", out, tt.said)
			}
		})
	}
}

func TestHelpOnTheConnectionHasAllFlags(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		code, topic, stderr := invoke(t, nil, "help", "connection", "--lang", lang)
		_, command, _ := invoke(t, nil, "gaps", "--help", "--lang", lang)
		for _, flag := range []string{"--server", "--token-file", "--tls-ca", "--context", "--creds", "--nkey", "--insecure-token"} {
			if code != exitDone || stderr != "" || !strings.Contains(topic, "  "+flag) {
				t.Errorf("help connection --lang %s: exit %d, %q, no %s in\n%s", lang, code, stderr, flag, topic)
			}
			if shown := strings.Contains(command, "  "+flag); shown != (flag == "--server") {
				t.Errorf("gaps --help --lang %s shows %s: %t", lang, flag, shown)
			}
		}
		if !strings.Contains(command, "kaohe help connection") {
			t.Errorf("gaps --help --lang %s does not say where the rest is:\n%s", lang, command)
		}
	}
}
