import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;

/**
 * Submits one mail by Angus Mail, whose certificate checks are its own: {@code Submit smtps|smtp host port sender
 * recipient subject}. {@code smtps}: TLS first; {@code smtp}: STARTTLS, which must be there.
 */
public final class Submit {
    private Submit() {}

    public static void main(String[] told) throws Exception {
        String protocol = told[0];
        Properties settings = new Properties();
        settings.put("mail." + protocol + ".auth", "true");
        settings.put("mail." + protocol + ".ssl.checkserveridentity", "true");
        settings.put("mail." + protocol + ".connectiontimeout", "20000");
        settings.put("mail." + protocol + ".timeout", "20000");
        settings.put("mail.smtp.starttls.required", "true");
        Session session = Session.getInstance(settings);
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress(told[3]));
        mail.setRecipient(Message.RecipientType.TO, new InternetAddress(told[4]));
        mail.setSubject(told[5], "UTF-8");
        mail.setText("Bonjour,", "UTF-8");
        mail.saveChanges();
        try (Transport transport = session.getTransport(protocol)) {
            transport.connect(told[1], Integer.parseInt(told[2]), told[3], "socles");
            transport.sendMessage(mail, mail.getAllRecipients());
            System.out.println(transport.getClass().getSimpleName());
        }
    }
}
